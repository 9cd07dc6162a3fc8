#pragma once

#include <cstddef>
#include <vector>

#include "data/dataset.h"

namespace quantrail::bench {

/// One input of a network for a whole batch, samples behind each other.
struct InputArray {
  SampleInput declared{};
  std::vector<std::byte> bytes{};
};

struct Batch {
  std::size_t samples = 0;
  std::vector<InputArray> inputs{};
};

/// `count` samples from the one at `first` on. Errors: those of Dataset::read.
[[nodiscard]] Result<Batch> samples_from(const Dataset& data, std::size_t first, std::size_t count);
/// The first `count` samples. Errors: those of Dataset::read.
[[nodiscard]] Result<Batch> first_samples(const Dataset& data, std::size_t count);

}  // namespace quantrail::bench
