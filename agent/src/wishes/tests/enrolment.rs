//! The window of the procedure: what is done in it is done to the enrolment that it showed, or to none.

use tanba::protocol::{Algorithm, Prompt, StartEnrolment, Template};

use super::*;
use crate::desktop::own::EnrolmentDeed;
use crate::enrol;
use crate::page::Page;

#[tokio::test]
async fn what_was_done_to_one_enrolment_is_not_done_to_the_one_that_came_meanwhile() {
    let mut world = World::new().await;
    let [(_, first), (page, second)] = ["https://first.kz", "https://second.kz"].map(|origin| {
        let page = Page::parse(Some(origin), &[]).unwrap();
        let call = StartEnrolment {
            template: Template::default(),
            algorithm: Algorithm::P256,
            locale: None,
        };
        let id = enrol::start(&world.ctx, &page, &call).unwrap().id;
        (page, id)
    });
    let (_raise, raised) = calm();
    let (resume, resumes) = mpsc::unbounded_channel();
    resume.send(first.clone()).unwrap();
    let ctx = Arc::clone(&world.ctx);
    let task =
        tokio::spawn(async move { crate::wishes::enrolment::run(&ctx, raised, resumes).await });
    let mut window = world.window().await;
    let leads = |own: &Own, wanted: Option<&str>| {
        let Own::Enrolment(view) = own else { panic!("{own:?}") };
        (view.enrolment.as_ref().map(|led| led.id.as_str()) == wanted).then_some(())
    };
    window.sees(|own| leads(own, Some(&first))).await;
    resume.send(second.clone()).unwrap();
    window.sees(|own| leads(own, Some(&second))).await;
    let does = |of: &str, deed| window.does(Said::Enrolment { of: Some(of.to_owned()), deed });
    does(&first, EnrolmentDeed::Cancel);
    does(&second, EnrolmentDeed::Back);
    window.sees(|own| leads(own, None)).await;
    let now = enrol::look(&world.ctx, &page, &second).unwrap();
    assert!(matches!(now.prompt, Prompt::Iin {}), "{:?}", now.prompt);
    window.closes();
    ends(task).await;
}
