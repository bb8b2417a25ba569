//! The whole procedure on the portal page, in Chromium with its fake camera, once in each language: every step as a
//! person takes it, with the agent's own windows on a real screen.

use tanba_tests::judges::judged;

use crate::browser::Page;
use crate::leaks::Secret;
use crate::person::{PASSWORD, PIN, home, key_files, press_until_gone, type_password};
use crate::world::World;

async fn on(page: &Page, screen: &str) {
    page.wait_for(&format!("[data-screen='{screen}']:not([aria-busy='true'])")).await;
}

async fn press(page: &Page, action: &str) {
    let button = format!("[data-screen] [data-action='{action}']:not([disabled])");
    page.wait_for(&button).await;
    page.click(&button).await;
}

/// Presses a button of one screen, as often as it can be pressed, until another screen comes. Between two presses
/// the fake camera's picture moves on.
async fn until_there(page: &Page, wanted: &str, screen: &str, action: &str) {
    let button =
        format!("{screen}:not([aria-busy='true']) [data-action='{action}']:not([disabled])");
    for _ in 0..200 {
        let there = format!("!!document.querySelector(\"[data-screen='{wanted}']\")");
        if page.evaluate(&there).await == true {
            return;
        }
        page.evaluate(&format!("document.querySelector(\"{button}\")?.click()")).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    panic!("{wanted} never comes: {}", page.text("main").await);
}

/// Part of the title of the agent's own windows in every language; other letters are no matter for xdotool's search.
const PASSWORD_WINDOW: &str = "Tanba";

struct Words {
    /// In which the keys are made: each language goes with another.
    algorithm: &'static str,
    algorithm_on_the_form: &'static str,
    file_prefix: &'static str,
    done: &'static str,
    not_in_mcd: &'static str,
}

async fn walk(language: &str, words: &Words) {
    let Some(world) = World::start_with_screen().await else { return };
    if !tanba_tests::tools::all_here(&["chromium", "certutil", "openssl"]) {
        return;
    }
    let person =
        world.sandbox().persons().into_iter().find(|person| person.phone.is_some()).unwrap();
    let phone = person.phone.clone().unwrap();
    let newest = |sender: &str| -> String {
        let messages = world.sandbox().sms(&phone);
        messages.into_iter().rfind(|message| message.sender == sender).unwrap().code.unwrap()
    };
    let browser = world.browser().await;
    let page = browser.open(&world.portal(language, words.algorithm)).await;

    // Steps 1 to 7: the checks, the IIN, the one-time password.
    on(&page, "start").await;
    assert_eq!(page.evaluate("document.documentElement.lang").await, language);
    press(&page, "start").await;
    on(&page, "camera").await;
    press(&page, "allow").await;
    on(&page, "iin").await;
    let missing =
        world.sandbox().persons().into_iter().find(|person| person.phone.is_none()).unwrap();
    page.fill("[name='iin']", &missing.iin).await;
    press(&page, "send").await;
    page.wait_for("[role='alert'][data-code='mcd_not_registered']").await;
    let told = page.text("[role='alert']").await;
    assert!(told.contains(words.not_in_mcd), "{told}");
    page.fill("[name='iin']", &person.iin).await;
    press(&page, "send").await;
    page.wait_for("[data-screen='otp'][data-sender='1414']").await;
    page.wait_for("[data-sms-code]").await;
    let first_code = newest("1414");
    page.fill("[name='otp']", &first_code).await;
    press(&page, "send").await;
    on(&page, "ready").await;
    for check in ["camera", "mcd", "agent"] {
        page.wait_for(&format!("[data-check='{check}'][data-state='ok']")).await;
    }
    press(&page, "goto").await;

    // Steps 8 to 19: Digital ID.
    on(&page, "phone").await;
    page.fill("[name='phone']", &phone).await;
    press(&page, "send").await;
    page.wait_for("[data-screen='otp'][data-sender='3116']").await;
    let second_code = newest("3116");
    page.fill("[name='otp']", &second_code).await;
    press(&page, "send").await;
    on(&page, "selfie").await;
    press(&page, "begin").await;
    press(&page, "take").await;
    press(&page, "send").await;
    on(&page, "liveness").await;
    page.picture(&format!("liveness-{language}")).await;
    press(&page, "continue").await;
    press(&page, "begin").await;
    until_there(&page, "pin", "[data-screen='liveness']", "take").await;
    on(&page, "pin").await;
    page.fill("[name='pin']", PIN).await;
    page.fill("[name='repeat']", PIN).await;
    press(&page, "send").await;
    on(&page, "document").await;
    page.choose_files("[name='front-file']", &[crate::pictures::path("front")]).await;
    press(&page, "send").await;
    page.wait_for("[name='back-file']").await;
    page.choose_files("[name='back-file']", &[crate::pictures::path("back")]).await;
    press(&page, "send").await;
    on(&page, "confirm_document").await;
    page.click("[name='truthful']").await;
    press(&page, "send").await;

    // Steps 20 to 25: consent, agreement, form, folder.
    on(&page, "consent").await;
    press(&page, "continue").await;
    page.fill("[name='pin']", PIN).await;
    press(&page, "approve").await;
    on(&page, "agreement").await;
    press(&page, "agree").await;
    on(&page, "form").await;
    let form = page.text("[data-screen='form']").await;
    assert!(form.contains(words.algorithm_on_the_form), "{form}");
    page.fill("[name='email']", "kanareyka@example.com").await;
    press(&page, "choose-folder").await;
    let window = world.screen().window("SANDBOX").await;
    world.screen().picture(&format!("folder-window-{language}"));
    press_until_gone(world.screen(), &window).await;
    page.wait_for("[data-action='clear-folder']").await;
    page.picture(&format!("form-{language}")).await;
    press(&page, "submit").await;

    // Steps 26 to 28: the number, refresh, the password in the agent's own window.
    page.wait_for(".application-number output").await;
    let number = page.text(".application-number output").await;
    assert_eq!(number.chars().filter(char::is_ascii_digit).count(), 14, "{number}");
    page.picture(&format!("wait-{language}")).await;
    until_there(&page, "install", "[data-screen='wait']", "refresh").await;
    on(&page, "install").await;
    press(&page, "install").await;
    world.screen().window(PASSWORD_WINDOW).await;
    world.screen().picture(&format!("password-window-{language}"));
    type_password(world.screen(), PASSWORD_WINDOW, PASSWORD).await;
    on(&page, "done").await;
    let done = page.text("[data-screen='done']").await;
    assert!(done.contains(words.done), "{done}");
    page.picture(&format!("done-{language}")).await;
    judged("Chromium", "the portal page goes from the webcam check to the installed key files");

    let files = key_files(&world);
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        assert!(done.contains(file.as_str()), "the page names {file}: {done}");
        assert!(file.trim_start_matches("AUTH_").starts_with(words.file_prefix), "{file}");
        let opened = std::process::Command::new("openssl")
            .args(["pkcs12", "-noout", "-passin", &format!("pass:{PASSWORD}"), "-in"])
            .arg(home(&world).join(file))
            .output()
            .unwrap();
        assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
        judged(
            "OpenSSL",
            "a key file that was made through the page opens with the typed password",
        );
    }
    assert_eq!(world.sandbox().applications().len(), 1);
    let complaints = page.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
    let secrets = [
        Secret::new("the IIN", &person.iin),
        Secret::new("the password", PASSWORD),
        Secret::new("the PIN", PIN),
        Secret::new("the code of 1414", &first_code),
        Secret::new("the code of 3116", &second_code),
        Secret::new("the telephone", &phone),
    ];
    world.assert_silent(&secrets, "");
    assert!(!done.contains(&person.iin));
}

#[tokio::test]
async fn the_page_leads_to_installed_keys_in_kazakh() {
    let words = Words {
        algorithm: "gost512",
        algorithm_on_the_form: "ҚР СТ ГОСТ Р 34.10-2015",
        file_prefix: "GOST512_",
        done: "Құттықтаймыз!",
        not_in_mcd: "АМБ",
    };
    walk("kk", &words).await;
}

#[tokio::test]
async fn the_page_leads_to_installed_keys_in_russian() {
    let words = Words {
        algorithm: "p256",
        algorithm_on_the_form: "ECDSA на кривой P-256",
        file_prefix: "P256_",
        done: "Поздравляем!",
        not_in_mcd: "Ваш ИИН не зарегистрирован в БМГ",
    };
    walk("ru", &words).await;
}

#[tokio::test]
async fn the_page_leads_to_installed_keys_in_english() {
    let words = Words {
        algorithm: "rsa2048",
        algorithm_on_the_form: "RSA, 2048 bits",
        file_prefix: "RSA256_",
        done: "Congratulations!",
        not_in_mcd: "MCD",
    };
    walk("en", &words).await;
}
