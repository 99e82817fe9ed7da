"""A desktop's notification service: takes what it is sent, prints it as JSON, and clicks when told to.

Usage: python notification_service.py ADDRESS [--refuse]
"""

from __future__ import annotations

import json
import sys
import threading

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.threading import DBusConnection, open_dbus_connection

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
EMITTER = DBusAddress(PATH, interface=NAME)


def main(address: str, *, refuses: bool) -> None:
    """Serve until the input ends."""
    connection = open_dbus_connection(address)
    connection.send(message_bus.RequestName(NAME), serial=9000)
    threading.Thread(target=serve, args=(connection,), kwargs={"refuses": refuses}, daemon=True).start()
    for line in sys.stdin:
        connection.send(new_signal(EMITTER, "ActionInvoked", "us", (int(line), "default")), serial=9001)


def serve(connection: DBusConnection, *, refuses: bool) -> None:
    """Answer every notification with a number of its own, or with a refusal."""
    number = 0
    while True:
        message = connection.receive()
        fields = message.header.fields
        if message.header.message_type is MessageType.method_return and fields[HeaderFields.reply_serial] == 9000:
            print(json.dumps({"ready": True}), flush=True)
        if fields.get(HeaderFields.member) != "Notify":
            continue
        if refuses or fields.get(HeaderFields.signature) != "susssasa{sv}i":
            connection.send(new_error(message, "org.freedesktop.DBus.Error.InvalidArgs"))
            continue
        app, replaced, icon, title, body, actions, hints, _ = message.body
        number = replaced or number + 1
        connection.send(new_method_return(message, "u", (number,)))  # before it is told: a click comes after it
        told = {"id": number, "app": app, "icon": icon, "title": title, "body": body, "actions": actions}
        print(json.dumps(told | {"replaced": replaced, "hints": sorted(hints)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], refuses="--refuse" in sys.argv)
