"""Every line of SQL. Core throughout: functions take a connection and return model values."""
