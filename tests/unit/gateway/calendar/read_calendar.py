"""Prints what python3-icalendar reads in a calendar of one event; exit status 77 where it is not installed."""
import sys

try:
    import icalendar
except ImportError:
    sys.exit(77)

with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
event = calendar.walk("VEVENT")[0]
objects = event["X-MAINTNOTE-OBJECT-ID"]
for value in (calendar["METHOD"], event["UID"], event["SEQUENCE"], event.decoded("DTSTART").isoformat(),
              event.decoded("DTEND").isoformat(), event["SUMMARY"], event["ATTENDEE"], event["ORGANIZER"],
              event["STATUS"], event["X-MAINTNOTE-IMPACT"], "|".join(objects),
              objects[0].params["X-MAINTNOTE-OBJECT-IMPACT"], event["DESCRIPTION"]):
    print(value)
