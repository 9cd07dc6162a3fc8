#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "data/dataset.h"

namespace quantrail {

/// The samples of `inner` at the positions `samples`, in their order; `labels` has one for each, which takes the place
/// of whatever is known about it. Its fingerprint follows from that of `inner`, positions and labels.
/// Preconditions: as many labels as samples; positions are below inner->size().
[[nodiscard]] std::shared_ptr<const Dataset> relabelled(std::shared_ptr<const Dataset> inner,
                                                        std::vector<std::size_t> samples,
                                                        std::vector<std::int64_t> labels);

}  // namespace quantrail
