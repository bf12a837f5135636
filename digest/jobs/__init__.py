"""What goes on by itself: the heartbeat of `digest run`, and what `digest worker` waits for."""
