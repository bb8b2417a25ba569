// What went wrong, by a stable code: the agent's own codes, and a few of this page.

/**
 * The codes that this page gives itself, beside those of the agent:
 * - `agent_unreachable`: no agent answers on this computer (the guide's step 6);
 * - `connection_lost`: the socket closed while a call was under way;
 * - `camera_unavailable`, `camera_busy`, `camera_denied`: the browser gives no picture (the guide's step 2);
 * - `otp_missing`, `folder_not_chosen`, `not_confirmed`: something was left out on the screen.
 */
export class Failure extends Error {
  constructor({ code, attempts_left: attemptsLeft, retry_after_s: retryAfter, enrolment }) {
    super(code);
    this.code = code;
    this.attemptsLeft = attemptsLeft ?? null;
    this.retryAfter = retryAfter ?? null;
    this.enrolment = enrolment ?? null;
  }

  /** The failure of a JSON-RPC error object. */
  static ofCall(error) {
    return new Failure({ code: "internal", ...error?.data });
  }
}
