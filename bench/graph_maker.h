#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "model/graph.h"

namespace quantrail::bench {

struct Convolution {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  float gain = 2.0F;  ///< He's initialisation: 2 keeps the variance behind a Relu, 1 behind nothing
  std::int64_t groups = 1;
};

/// Grows a graph with random weights; each call appends one operator and returns its result's name. The
/// same seed gives the same graph on every machine with the same standard library.
class GraphMaker {
 public:
  GraphMaker(std::string name, std::uint32_t seed, std::int64_t opset = 13);

  void input(ValueInfo declared) { graph_.inputs.push_back(std::move(declared)); }
  /// "same" padding for odd kernels; a bias.
  std::string conv(const std::string& name, const std::string& from, const Convolution& c);
  std::string relu(const std::string& name, const std::string& from);
  std::string relu6(const std::string& name, const std::string& from);
  /// GlobalAveragePool, Flatten and a Gemm into "logits" [N, classes], the graph's output.
  void classifier(const std::string& from, std::int64_t channels, std::int64_t classes);
  std::string add(Node node);
  /// A constant with normally distributed values.
  void random_constant(const std::string& name, Shape shape, float spread);
  void constant(const std::string& name, Tensor tensor);
  /// A constant of rank 0; its name.
  std::string number(const std::string& name, float value);
  void output(ValueInfo declared) { graph_.outputs.push_back(std::move(declared)); }
  [[nodiscard]] Graph take() { return std::move(graph_); }

 private:
  Graph graph_{};
  std::mt19937 engine_;
};

}  // namespace quantrail::bench
