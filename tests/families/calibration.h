#pragma once

#include <vector>

#include "data/dataset.h"
#include "families/family.h"

namespace quantrail::testing {

/// `size` random samples for a network at the first of its sizes, with every input that it has.
class CalibrationData final : public Dataset {
 public:
  CalibrationData(Description description, std::size_t size);

  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override;
  [[nodiscard]] std::optional<std::int64_t> label(std::size_t /*index*/) const override { return std::nullopt; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "sample " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return sha256({}); }

 private:
  Description description_;
  std::size_t size_;
  std::vector<SampleInput> inputs_{};
};

}  // namespace quantrail::testing
