#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/graph.h"

namespace quantrail::testing_evaluate {

/// Looks tokens up in a table of `rows` rows and multiplies what it finds.
inline Graph token_network(std::int64_t rows) {
  std::vector<float> table, weights;
  for (std::int64_t at = 0; at < rows * 4; ++at) table.push_back(static_cast<float>((at * 5) % 13 - 6) / 6.0F);
  for (std::int64_t at = 0; at < 8; ++at) weights.push_back(static_cast<float>((at * 3) % 7 - 3) / 3.0F);
  Graph graph{.name = "tokens", .opset = 13};
  graph.inputs = {{"token", ElementType::Int64, {-1}, {"N"}}};
  graph.outputs = {{"y", ElementType::Float32, {-1, 2}, {"N", ""}}};
  graph.constants["table"] = std::make_shared<Tensor>(Tensor::of<float>({rows, 4}, table));
  graph.constants["w"] = std::make_shared<Tensor>(Tensor::of<float>({4, 2}, weights));
  graph.nodes = {{.name = "embedding", .op = "Gather", .inputs = {"table", "token"}, .outputs = {"e"}},
                 {.name = "fc", .op = "MatMul", .inputs = {"e", "w"}, .outputs = {"y"}}};
  return graph;
}

/// One token per sample, and no labels.
class Tokens final : public Dataset {
 public:
  explicit Tokens(std::vector<std::int64_t> tokens) : tokens_(std::move(tokens)) {}
  [[nodiscard]] std::size_t size() const override { return tokens_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inputs_; }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    std::memcpy(buffers[0].data(), &tokens_[index], buffers[0].size());
    return {};
  }
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{.label = 0}; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return "row " + std::to_string(index); }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  std::vector<std::int64_t> tokens_;
  std::vector<SampleInput> inputs_{{"token", ElementType::Int64, {}}};
};

}  // namespace quantrail::testing_evaluate
