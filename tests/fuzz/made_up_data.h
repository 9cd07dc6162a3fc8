#pragma once

#include <vector>

#include "data/dataset.h"
#include "model/graph.h"

namespace quantrail::fuzz {

/// Two samples for the inputs of a network: small whole numbers and halves of both signs, the same on every machine.
class MadeUpData : public Dataset {
 public:
  explicit MadeUpData(const std::vector<ValueInfo>& inputs);
  [[nodiscard]] std::size_t size() const override { return 2; }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override;
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t) const override { return "a made-up sample"; }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::vector<SampleInput> inputs_{};
};

/// Fills a buffer of elements of `type`; what it holds varies with `seed`.
void make_up(ElementType type, std::span<std::byte> buffer, std::size_t seed);

}  // namespace quantrail::fuzz
