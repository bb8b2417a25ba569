//! Problems: what the services answer when they do not do what was asked (RFC 9457).
//!
//! A program looks at `code`; the titles are for people, in three languages. Where the published guides print the
//! words (their steps 4 and 5), the Russian title is theirs, shortened; all else is ours.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal $kk:literal $ru:literal $en:literal)*) => {
        /// What went wrong. Only what the sandbox itself can say is here; the contract has more.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($variant,)* }

        impl Code {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            fn title(self) -> Texts {
                match self { $(Self::$variant => Texts { kk: $kk, ru: $ru, en: $en },)* }
            }
        }
    };
}

codes! {
    BadRequest "bad_request" 400
        "Сұрау түсініксіз" "Запрос не понят" "The request was not understood"
    IinInvalid "iin_invalid" 422
        "ЖСН қате енгізілген" "ИИН введён неверно" "The IIN is not valid"
    SubjectUnknown "subject_unknown" 404
        "ЖСН жеке тұлғалар мемлекеттік деректер қорында табылмады"
        "ИИН не найден в Государственной базе данных физических лиц"
        "The IIN was not found in the state database of individuals"
    McdNotRegistered "mcd_not_registered" 404
        "Сіздің ЖСН АМБ-да тіркелмеген" "Ваш ИИН не зарегистрирован в БМГ" "Your IIN is not registered in MCD"
    OtpWrong "otp_wrong" 422
        "Бір реттік пароль қате" "Одноразовый пароль неверен" "The one-time password is wrong"
    OtpExpired "otp_expired" 410
        "Сіз бір реттік парольді енгізбедіңіз" "Вы не ввели одноразовый пароль"
        "You did not enter the one-time password in time"
    OtpTooMany "otp_too_many" 429
        "Қате әрекеттер тым көп" "Слишком много неверных попыток" "Too many wrong tries"
    OtpResendTooEarly "otp_resend_too_early" 429
        "Жаңа кодты әлі жіберуге болмайды" "Новый код ещё нельзя отправить" "Another code cannot be sent yet"
    SessionExpired "session_expired" 401
        "Сеанс аяқталды" "Сеанс завершён" "The session has ended"
    PhoneMismatch "phone_mismatch" 422
        "Бұл телефон нөмірі АМБ-да тіркелмеген" "Этот номер телефона не зарегистрирован в БМГ"
        "This telephone number is not registered in MCD"
    SelfieNoFace "selfie_no_face" 422
        "Суретте бет табылмады" "На снимке не найдено лицо" "No face was found in the picture"
    LivenessFailed "liveness_failed" 422
        "Бейне-сәйкестендіру өтпеді" "Видео-идентификация не пройдена" "The video identification failed"
    LivenessExhausted "liveness_exhausted" 403
        "Бейне-сәйкестендіру әрекеттері таусылды" "Попытки видео-идентификации исчерпаны"
        "No attempts at video identification are left"
    PinFormat "pin_format" 422
        "PIN-код төрт цифрдан тұрады" "PIN-код состоит из четырёх цифр" "A PIN-code has four digits"
    PinMismatch "pin_mismatch" 422
        "PIN-кодтар бірдей емес" "PIN-коды не совпадают" "The PIN-codes differ"
    PinWrong "pin_wrong" 403
        "PIN-код қате" "PIN-код неверен" "The PIN-code is wrong"
    PinLocked "pin_locked" 429
        "PIN-код уақытша бұғатталды" "PIN-код временно заблокирован" "The PIN-code is locked for a while"
    ImageNotJpeg "image_not_jpeg" 415
        "Сурет JPEG емес" "Изображение не в формате JPEG" "The picture is not a JPEG"
    ImageTooLarge "image_too_large" 413
        "Сурет тым үлкен" "Изображение слишком велико" "The picture is too large"
    DocumentExpired "document_expired" 422
        "Құжаттың мерзімі өтіп кеткен" "Срок действия документа истёк" "The document has expired"
    DocumentUnreadable "document_unreadable" 422
        "Құжатты оқу мүмкін болмады" "Документ не удалось прочитать" "The document could not be read"
    DocumentMismatch "document_mismatch" 409
        "Құжат басқа адамға тиесілі" "Документ принадлежит другому лицу" "The document is another person's"
    ModerationPending "moderation_pending" 409
        "Құжатыңыз тексерілуде" "Ваш документ на проверке" "Your document is being checked"
    ConsentDenied "consent_denied" 403
        "Деректерге қол жеткізуге рұқсат берілмеді" "Доступ к данным не разрешён" "Access to the data was denied"
    ConsentExpired "consent_expired" 410
        "Рұқсат сұрауының мерзімі өтті" "Срок запроса доступа истёк" "The request for access has lapsed"
    AgreementOutdated "agreement_outdated" 409
        "Пайдаланушылық келісімнің жаңа нұсқасы бар" "Есть новая версия пользовательского соглашения"
        "There is a newer user agreement"
    CsrInvalid "csr_invalid" 422
        "Сертификатқа сұрау жарамсыз" "Запрос на сертификат недействителен" "The certificate request is not valid"
    CsrSubjectMismatch "csr_subject_mismatch" 422
        "Сұраудағы деректер өтінім берушінікі емес" "Данные в запросе не совпадают с данными заявителя"
        "The certificate request does not name the applicant"
    CsrWeakKey "csr_weak_key" 422
        "Кілт тым әлсіз" "Ключ слишком слабый" "The key is too weak"
    CsrReusedKey "csr_reused_key" 409
        "Кілт басқа өтінімде қолданылған" "Ключ уже использован в другой заявке"
        "The key is already part of another application"
    IdempotencyConflict "idempotency_conflict" 409
        "Осы кілтпен басқа өтінім берілген" "С этим ключом подана другая заявка"
        "Another application was made under this idempotency key"
    ApplicationNotFound "application_not_found" 404
        "Өтінім табылмады" "Заявка не найдена" "There is no such application"
    ApplicationNotIssued "application_not_issued" 409
        "Сертификаттар әлі шығарылмаған" "Сертификаты ещё не выпущены" "The certificates are not issued"
    ApplicationClosed "application_closed" 409
        "Өтінім жабылған" "Заявка закрыта" "The application is closed"
    RateLimited "rate_limited" 429
        "Сұраулар тым көп" "Слишком много запросов" "Too many requests"
    Internal "internal" 500
        "Қызметтің ішкі қатесі" "Внутренняя ошибка сервиса" "The service failed"
}

/// A text in the three languages of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Texts {
    pub(crate) kk: &'static str,
    pub(crate) ru: &'static str,
    pub(crate) en: &'static str,
}

/// A problem with what a program may want to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    status: u16,
    detail: Option<&'static str>,
    retry_after_s: Option<u64>,
    attempts_left: Option<u32>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, status: code.status(), detail: None, retry_after_s: None, attempts_left: None }
    }
}

impl Problem {
    /// The request has not the shape of the contract. `detail` is for developers and never repeats what was sent.
    pub(crate) fn malformed(detail: &'static str) -> Self {
        Self { detail: Some(detail), ..Code::BadRequest.into() }
    }

    /// The request is well formed but comes out of its order.
    pub(crate) fn out_of_order(detail: &'static str) -> Self {
        Self { status: 409, ..Self::malformed(detail) }
    }

    pub(crate) fn detail(self, detail: &'static str) -> Self {
        Self { detail: Some(detail), ..self }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    pub(crate) fn attempts_left(self, left: u32) -> Self {
        Self { attempts_left: Some(left), ..self }
    }
}

/// The members of RFC 9457 and ours, in the order in which people read them.
#[derive(Serialize)]
struct Body {
    r#type: String,
    status: u16,
    code: &'static str,
    title: Texts,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts_left: Option<u32>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: format!("urn:tanba:problem:{}", self.code.name()),
            status: self.status,
            code: self.code.name(),
            title: self.code.title(),
            detail: self.detail,
            retry_after_s: self.retry_after_s,
            attempts_left: self.attempts_left,
        };
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_an_error_status_and_a_title_in_each_language() {
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{}", code.name());
            let title = code.title();
            assert!(
                [title.kk, title.ru, title.en].iter().all(|text| !text.is_empty()),
                "{}",
                code.name()
            );
        }
    }
}
