#pragma once

#include <cstdint>

#include "data/dataset.h"

namespace quantrail::bench {

/// Normalised "photographs" [3, 224, 224]: a few random waves of low frequency, different in each sample, and some
/// noise, with about zero mean and unit variance. The same sample for the same index on every machine with the same
/// math library.
class SyntheticImages : public Dataset {
 public:
  explicit SyntheticImages(std::size_t count);
  [[nodiscard]] std::size_t size() const override { return count_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override;
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t index) const override;
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::size_t count_;
  std::vector<SampleInput> inputs_;
};

}  // namespace quantrail::bench
