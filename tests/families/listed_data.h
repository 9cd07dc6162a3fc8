#pragma once

#include <vector>

#include "data/dataset.h"
#include "families/family.h"

namespace quantrail::testing {

/// The given inputs as a data set: each holds one sample, with a leading axis of one.
class ListedData final : public Dataset {
 public:
  /// Precondition: at least one sample; all have the same inputs and shapes.
  explicit ListedData(std::vector<Inputs> samples);

  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override;
  [[nodiscard]] Result<Truth> truth(std::size_t /*index*/) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "sample " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return sha256({}); }

 private:
  std::vector<Inputs> samples_;
  std::vector<SampleInput> inputs_{};
};

}  // namespace quantrail::testing
