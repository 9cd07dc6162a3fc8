#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// One row of NonMaxSuppression's result.
struct SelectedBox {
  std::int64_t batch = 0;
  std::int64_t label = 0;  ///< class
  std::int64_t box = 0;
};

/// What a NonMaxSuppression node selects: per batch and class, by falling score (equal scores: the first box), boxes
/// that overlap no box selected before by more than the threshold. Scores that are NaN are never selected. Areas are
/// float32. Errors: Unsupported where an input is computed from data that is not known yet; InvalidInput.
[[nodiscard]] Result<std::vector<SelectedBox>> selected_boxes(const NodeView& view);

}  // namespace quantrail
