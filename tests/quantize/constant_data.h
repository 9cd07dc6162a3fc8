#pragma once

#include <cstring>
#include <vector>

#include "data/dataset.h"

namespace quantrail::testing_quantize {

/// The same sample again and again.
class Constant final : public Dataset {
 public:
  Constant(Shape shape, std::vector<float> values)
      : inputs_{{"", ElementType::Float32, std::move(shape)}}, values_(std::move(values)) {}
  [[nodiscard]] std::size_t size() const override { return 100; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t, std::span<const std::span<std::byte>> buffers) const override {
    std::memcpy(buffers[0].data(), values_.data(), buffers[0].size());
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t) const override { return {}; }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::vector<SampleInput> inputs_;
  std::vector<float> values_;
};

}  // namespace quantrail::testing_quantize
