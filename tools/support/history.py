"""What a log says, compared with what it said before and with the receipts."""


class History:
    """What the log says, compared with what it said before and with the receipts."""

    def __init__(self):
        self.ids = []  # of positions 1, 2, …
        self.places = {}

    def extend(self, events):
        """Takes the events after the last known one; returns complaints."""
        complaints = []
        for event in events:
            expected = len(self.ids) + 1
            if event["position"] != expected:
                complaints.append(f"position {event['position']} stands where {expected} should")
            if event["event_id"] in self.places:
                complaints.append(f"{event['event_id']} is in the log twice")
            self.ids.append(event["event_id"])
            self.places[event["event_id"]] = expected
        return complaints

    def lost(self, receipts):
        """Receipts whose event is not where it should be."""
        return [f"{name} has a receipt for {position} but is at {self.places.get(name)}"
                for name, position in receipts.items() if self.places.get(name) != position]
