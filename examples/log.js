// `app_log` leaves structured entries: in the response's `logs`, and in the operator's script log.
const started = get_unixtime();

app_log('info', 'Import started', { source: 'orders.csv', startedAt: started });
app_log('warn', 'Row skipped', { row: 17, reason: 'no customer number' });
app_log('info', 'Import finished', { rows: 240, skipped: 1 });

get_unixtime() - started < 60 ? 'finished within a minute' : 'took its time';
