// Written by `cargo xtask gen`; changes belong into core/facade or the emitter.

import keywright from './index.cjs'

export const {
  AgentIdentityClient,
  CallTimeoutError,
  CancelledCallError,
  Client,
  Clock,
  ConfigError,
  ConflictError,
  DecodeError,
  Dialect,
  EventStream,
  ForbiddenError,
  InternalError,
  InvalidError,
  ItellicoAI,
  KeywrightError,
  Listing,
  NetworkError,
  NotFoundError,
  Page,
  PlanLimitError,
  RateLimitedError,
  RedirectError,
  Response,
  Sandbox,
  Seclai,
  Secret,
  Seenty,
  SegOps,
  ServerError,
  SidClaw,
  UnauthenticatedError,
  UnsupportedError,
  buildInfo,
  decodeJson,
} = keywright

export default keywright
