#include "graph_maker.h"

#include <cmath>
#include <utility>
#include <vector>

namespace quantrail::bench {
namespace {

using Ints = std::vector<std::int64_t>;

}  // namespace

GraphMaker::GraphMaker(std::string name, std::uint32_t seed, std::int64_t opset) : engine_(seed) {
  graph_.name = std::move(name);
  graph_.opset = opset;
}

std::string GraphMaker::conv(const std::string& name, const std::string& from, const Convolution& c) {
  const std::int64_t in = c.in / c.groups;
  const auto fan_in = static_cast<float>(in * c.kernel * c.kernel);
  random_constant(name + ".weight", {c.out, in, c.kernel, c.kernel}, std::sqrt(c.gain / fan_in));
  random_constant(name + ".bias", {c.out}, 0.1F);
  const std::int64_t pad = c.kernel / 2;
  return add({name,
              "Conv",
              {from, name + ".weight", name + ".bias"},
              {name + ".out"},
              {{"group", c.groups},
               {"kernel_shape", Ints{c.kernel, c.kernel}},
               {"pads", Ints{pad, pad, pad, pad}},
               {"strides", Ints{c.stride, c.stride}}},
              {}});
}

std::string GraphMaker::relu(const std::string& name, const std::string& from) {
  return add({name, "Relu", {from}, {name + ".out"}, {}, {}});
}

std::string GraphMaker::relu6(const std::string& name, const std::string& from) {
  if (!graph_.constants.contains("zero")) {
    number("zero", 0.0F);
    number("six", 6.0F);
  }
  return add({name, "Clip", {from, "zero", "six"}, {name + ".out"}, {}, {}});
}

void GraphMaker::classifier(const std::string& from, std::int64_t channels, std::int64_t classes) {
  const auto pooled = add({"pool", "GlobalAveragePool", {from}, {"pool.out"}, {}, {}});
  const auto flat = add({"flatten", "Flatten", {pooled}, {"flatten.out"}, {{"axis", std::int64_t{1}}}, {}});
  random_constant("fc.weight", {classes, channels}, std::sqrt(1.0F / static_cast<float>(channels)));
  random_constant("fc.bias", {classes}, 0.1F);
  add({"fc", "Gemm", {flat, "fc.weight", "fc.bias"}, {"logits"}, {{"transB", std::int64_t{1}}}, {}});
  output({"logits", ElementType::Float32, {-1, classes}, {"N", ""}});
}

std::string GraphMaker::add(Node node) {
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().outputs[0];
}

void GraphMaker::random_constant(const std::string& name, Shape shape, float spread) {
  Tensor tensor = Tensor::zeros(ElementType::Float32, std::move(shape));
  std::normal_distribution<float> values(0.0F, spread);
  for (float& value : tensor.values<float>()) value = values(engine_);
  constant(name, std::move(tensor));
}

void GraphMaker::constant(const std::string& name, Tensor tensor) {
  graph_.constants[name] = std::make_shared<const Tensor>(std::move(tensor));
}

std::string GraphMaker::number(const std::string& name, float value) {
  Tensor tensor = Tensor::zeros(ElementType::Float32, {});
  tensor.values<float>()[0] = value;
  constant(name, std::move(tensor));
  return name;
}

}  // namespace quantrail::bench
