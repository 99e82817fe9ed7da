"""How the app's parts are put together, from the settings; each module is imported when its part is first needed."""
