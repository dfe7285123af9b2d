//! Descriptions, candidates, media states, wishes and reports of quality, passed on to whom they are for.

use call::record::Event;
use protocol::{Answer, IceCandidates, Offer, ReportQuality, UpdateMedia, WantMedia};
use tokio::time::Instant;

use super::Request;
use crate::store::Refused;

impl Request<'_> {
    pub(super) async fn offer(&self, Offer { call_id, to, sdp }: Offer) -> Result<(), Refused> {
        let began = Instant::now();
        self.tell(call_id, Event::Offer { from: self.session.device.clone(), to, sdp }).await?;
        self.app.metrics.forwarded(began.elapsed());
        Ok(())
    }

    pub(super) async fn answer(&self, Answer { call_id, to, sdp }: Answer) -> Result<(), Refused> {
        let began = Instant::now();
        self.tell(call_id, Event::Answer { from: self.session.device.clone(), to, sdp }).await?;
        self.app.metrics.forwarded(began.elapsed());
        Ok(())
    }

    pub(super) async fn candidates(&self, message: IceCandidates) -> Result<(), Refused> {
        let began = Instant::now();
        let IceCandidates { call_id, to, candidates } = message;
        self.tell(call_id, Event::Candidates { from: self.session.device.clone(), to, candidates }).await?;
        self.app.metrics.forwarded(began.elapsed());
        Ok(())
    }

    pub(super) async fn update_media(&self, message: UpdateMedia) -> Result<(), Refused> {
        let device = self.session.device.clone();
        self.tell(message.call_id, Event::Media { device, media: message.media }).await
    }

    pub(super) async fn want_media(&self, message: WantMedia) -> Result<(), Refused> {
        let WantMedia { call_id, to, max_fs } = message;
        self.tell(call_id, Event::Wanted { from: self.session.device.clone(), to, max_fs }).await
    }

    pub(super) async fn report_quality(&self, message: ReportQuality) -> Result<(), Refused> {
        let device = self.session.device.clone();
        self.tell(message.call_id, Event::Quality { device, received: message.received }).await
    }
}
