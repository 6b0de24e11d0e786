"""The touch kiosk: people choose a service and take a ticket."""
