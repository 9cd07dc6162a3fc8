#pragma once

#include <cstdint>

#include "data/dataset.h"

namespace quantrail::bench {

/// "Sentences": "input_ids" of random words, and "attention_mask", whose ones end somewhere in the last quarter: each
/// int64 [length]. The same sample for the same index on every machine.
class SyntheticTexts : public Dataset {
 public:
  SyntheticTexts(std::size_t count, std::int64_t length, std::int64_t vocabulary);
  [[nodiscard]] std::size_t size() const override { return count_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override;
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t index) const override;
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::size_t count_;
  std::uint64_t vocabulary_;
  std::vector<SampleInput> inputs_;
};

}  // namespace quantrail::bench
