//! The exhaustive match: every method of the table, with the table's reply.

mod agent;
mod folder;
mod sign;

use std::sync::Arc;

use serde_json::Value;
use tanba::protocol as p;
use tanba::protocol::{Code, Failure, Method, Request};
use tracing::{info, warn};

use crate::ctx::Ctx;
use crate::enrol;
use crate::error::Error;
use crate::page::Page;

/// Answers a call of a page. There is no `_` arm: a method without an answer does not compile.
///
/// # Errors
/// What the page may learn of why not; the log has the causes.
pub async fn answer(ctx: &Arc<Ctx>, page: &Page, request: Request) -> Result<Value, Failure> {
    use Request as R;
    match request {
        R::AgentInfo(p::AgentInfo {}) => reply::<p::AgentInfo>(Ok(agent::info(ctx))),
        R::DiagnoseAgent(p::DiagnoseAgent {}) => {
            reply::<p::DiagnoseAgent>(Ok(agent::diagnose(ctx).await))
        }
        R::SetLocale(call) => {
            ctx.locales.set(page, call.locale);
            reply::<p::SetLocale>(Ok(p::Done {}))
        }
        R::CameraProbe(p::CameraProbe {}) => reply::<p::CameraProbe>(Ok(agent::camera(ctx).await)),
        R::ChooseFolder(call) => {
            reply::<p::ChooseFolder>(folder::choose(ctx, page, call.locale).await)
        }
        R::ListKeys(p::ListKeys {}) => reply::<p::ListKeys>(Ok(enrol::list_keys(ctx, page))),
        R::GenerateKey(call) => reply::<p::GenerateKey>(enrol::generate(ctx, page, call).await),
        R::SubmitRequest(call) => reply::<p::SubmitRequest>(enrol::submit(ctx, page, call).await),
        R::RequestStatus(call) => {
            reply::<p::RequestStatus>(enrol::status(ctx, page, &call.number).await)
        }
        R::InstallCertificate(call) => {
            reply::<p::InstallCertificate>(enrol::install_given(ctx, page, call).await)
        }
        R::StartEnrolment(call) => reply::<p::StartEnrolment>(enrol::start(ctx, page, &call)),
        R::AnswerPrompt(call) => reply::<p::AnswerPrompt>(answer_prompt(ctx, page, call).await),
        R::RefreshEnrolment(call) => {
            reply::<p::RefreshEnrolment>(enrol::refresh(ctx, page, &call.enrolment).await)
        }
        R::ListEnrolments(p::ListEnrolments {}) => {
            reply::<p::ListEnrolments>(Ok(enrol::list(ctx, page)))
        }
        R::ResumeEnrolment(call) => {
            reply::<p::ResumeEnrolment>(enrol::look(ctx, page, &call.enrolment))
        }
        R::CancelEnrolment(call) => {
            reply::<p::CancelEnrolment>(enrol::cancel(ctx, page, &call.enrolment).await)
        }
        R::InstallEnrolment(call) => {
            reply::<p::InstallEnrolment>(enrol::install(ctx, page, &call.enrolment, page).await)
        }
        R::SignCms(call) => reply::<p::SignCms>(sign::cms(ctx, page, call).await),
        R::SignXml(call) => reply::<p::SignXml>(sign::xml(ctx, page, call).await),
        R::SignRaw(call) => reply::<p::SignRaw>(sign::raw(ctx, page, call).await),
    }
}

async fn answer_prompt(
    ctx: &Arc<Ctx>,
    page: &Page,
    call: p::AnswerPrompt,
) -> Result<p::Enrolment, Error> {
    let answer = enrol::answer::read(ctx, page, call.answer)?;
    enrol::answered(ctx, page, &call.enrolment, answer).await
}

/// Only the reply that the table names for the method can be sent as its answer.
fn reply<M: Method>(outcome: Result<M::Reply, Error>) -> Result<Value, Failure> {
    match outcome {
        Ok(reply) => {
            info!("answered");
            serde_json::to_value(reply).map_err(|_| Failure::new(Code::Internal))
        }
        Err(error) => {
            let failure = error.for_page();
            if failure.code == Code::Internal {
                warn!(%error, "a call failed because of us");
            } else {
                info!(code = failure.code.name(), "refused");
            }
            Err(failure)
        }
    }
}
