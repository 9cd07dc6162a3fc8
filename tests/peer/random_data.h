#pragma once

#include <cstring>
#include <random>

#include "data/dataset.h"

namespace quantrail::testing {

/// `size` samples of uniform random floats in [-1, 1] for a network with one input; the same on every machine.
class RandomData final : public Dataset {
 public:
  RandomData(Shape sample, std::size_t size) : inputs_{{"", ElementType::Float32, std::move(sample)}}, size_(size) {}

  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    const auto values = sample(index);
    std::memcpy(buffers[0].data(), values.data(), buffers[0].size());
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t /*index*/) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "sample " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return sha256({}); }

  [[nodiscard]] std::vector<float> sample(std::size_t index) const {
    std::mt19937 random(static_cast<std::uint32_t>(index) + 1);
    std::vector<float> values(static_cast<std::size_t>(element_count(inputs_[0].shape)));
    for (auto& value : values) value = static_cast<float>(random() % 2001U) / 1000.0F - 1.0F;
    return values;
  }

 private:
  std::vector<SampleInput> inputs_;
  std::size_t size_;
};

}  // namespace quantrail::testing
