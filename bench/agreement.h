#pragma once

#include <cstddef>
#include <span>

namespace quantrail::bench {

/// How close two sets of logits [samples, classes] are.
struct Agreement {
  double sqnr_db = 0.0;    ///< signal (`expected`) over difference; infinity when equal
  double same_top1 = 0.0;  ///< share of samples with the same largest logit
};

[[nodiscard]] Agreement agreement(std::span<const float> got, std::span<const float> expected, std::size_t samples);

}  // namespace quantrail::bench
