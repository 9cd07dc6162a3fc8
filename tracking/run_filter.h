#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "tracking/run_fields.h"

namespace quantrail::tracking {

/// Which runs to list:
///
///     state:running,interrupted model:resnet*    any of several, * and ? for any letters; no matter which case
///     drop<0.01 best>=0.75 created>=2026-11 age<2d param.maximal_drop=0.01 metrics.f1>0.8      < <= > >= = !=
///     has:note has:tag      night      "two words"      in name, model, tags or note
///     a b      both         a | b, a or b      either         not a, -a      neither         (a | b) c
///
/// A time is what period_of() understands: created=2026-11 is any moment of that month.
/// A field without a value (nothing measured yet) matches no comparison but !=.
class RunFilter {
 public:
  /// An empty text matches all. Errors: InvalidInput, naming the word that is not understood and what was probably
  /// meant.
  [[nodiscard]] static Result<RunFilter> parse(std::string_view text);

  [[nodiscard]] bool matches(const RunFacts& facts) const;
  /// Where the facts that it looks at come from.
  [[nodiscard]] bool reads(RunField::Source source) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_{};  ///< null: matches all
  std::vector<RunField::Source> sources_{};
};

}  // namespace quantrail::tracking
