#include "app/exit_code.h"

#include <cstdio>

#include "base/text.h"

namespace quantrail::app {

int exit_code(Cause cause) {
  switch (cause) {
    case Cause::InvalidInput:
    case Cause::Unsupported: return kBadInput;
    case Cause::Backend:
    case Cause::Storage:
    case Cause::Blocked: return kFailed;
    case Cause::Cancelled: return kStopped;
    case Cause::Owned: return kOwned;
  }
  return kFailed;
}

int exit_code(Outcome outcome) { return outcome == Outcome::NotMet ? kFailed : kDone; }

int complained(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "quantrail: {}\n", printable(error.message));
  return exit_code(error.cause);
}

}  // namespace quantrail::app
