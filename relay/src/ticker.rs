//! What has to be done from time to time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use protocol::CallStatus;

use crate::app::App;
use crate::hub::Swept;
use crate::session::CloseCode;

/// How often. Rings end, absences are noticed and the directory is told by this much late at most.
const EVERY: Duration = Duration::from_millis(100);

/// Runs until the relay stops, and then closes every connection with 1001.
pub async fn run(app: Arc<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while app.shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
        round(&app).await;
    }
    app.hub.close_all(CloseCode::GoingAway);
}

async fn round(app: &App) {
    let now = app.clock.now();
    app.store.expire(now).await;
    let swept = app.hub.sweep(now, app.config.connections.resume_window);
    for _ in &swept.over {
        app.metrics.session_ended();
    }
    // Where others know, they say who is gone: somebody may be at another relay as well.
    if !app.depart(&swept).await {
        tell_of_absence(app, &swept);
    }
    app.directory.tell(now, &app.hub);
}

fn tell_of_absence(app: &App, swept: &Swept) {
    for user in &swept.gone {
        app.directory.change(user, CallStatus::Offline);
    }
    for session in &swept.over {
        if app.hub.by_user(&session.person.id).is_empty() {
            app.directory.leave(&session.person.id);
        }
    }
}
