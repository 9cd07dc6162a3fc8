#pragma once

#include <stop_token>
#include <string>
#include <type_traits>

#include "run/ports.h"

namespace quantrail {

/// Tries storage again for as long as it is Blocked, waiting 0.2 s, then twice as long each time up to 30 s. Says so
/// once when it begins to wait and once when it goes on. Other errors pass through; a stop request ends the wait.
class Patience {
 public:
  Patience(RunObserver& observer, std::stop_token stop) : observer_(observer), stop_(std::move(stop)) {}

  /// `call` returns a Result; what it returns in the end, or Cancelled.
  template <class Call>
  [[nodiscard]] std::invoke_result_t<Call&> operator()(Call call) const {
    auto result = call();
    for (int tries = 0; !result && result.error().cause == Cause::Blocked; ++tries) {
      if (const auto waited = wait(tries, result.error().message); !waited) return failed(waited);
      result = call();
      if (result) observer_.on_event(Noted{"storage works again, going on"});
    }
    return result;
  }

 private:
  /// Errors: Cancelled.
  [[nodiscard]] Status wait(int tries, const std::string& why) const;

  RunObserver& observer_;
  std::stop_token stop_;
};

}  // namespace quantrail
