"""OpenAI's Responses API: POST /v1/responses, and what was answered, kept in memory for previous_response_id."""
