#pragma once

#include <string>
#include <vector>

#include "conformance/run_case.h"
#include "conformance/scope.h"

namespace quantrail::conformance {

struct Entry {
  Case one{};
  Content content{};
  Outcome outcome{};  ///< says nothing about a case out of scope
};

/// Of the cases in scope, those that passed; in [0, 1].
[[nodiscard]] double share_passed(const std::vector<Entry>& entries);

/// "failed node/test_x" and "refused node/test_y" for each case in scope that did not pass, in the order of `entries`.
[[nodiscard]] std::vector<std::string> shortfalls(const std::vector<Entry>& entries);

/// Per operator, how many of the models that use it passed, failed, were refused, are out of scope; then the reasons.
[[nodiscard]] std::string table_text(const std::vector<Entry>& entries);

}  // namespace quantrail::conformance
