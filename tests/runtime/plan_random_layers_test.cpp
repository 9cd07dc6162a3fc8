// Convolutions, pools and products of random shapes and attributes against the interpreter.
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;
using kernels::Random;

constexpr std::uint32_t kRounds = 150;

Ints numbers(Random& random, std::size_t count, std::int64_t lowest, std::int64_t highest) {
  Ints values(count);
  for (auto& value : values) value = random.integer(lowest, highest);
  return values;
}

/// Strides, and pads or a rule for them; pads stay smaller than `kernel`.
std::map<std::string, Attribute> window(Random& random, const Ints& kernel) {
  std::map<std::string, Attribute> attributes{{"strides", numbers(random, kernel.size(), 1, 3)}};
  const auto rule = random.integer(0, 4);
  if (rule == 0) attributes["auto_pad"] = std::string("SAME_UPPER");
  if (rule == 1) attributes["auto_pad"] = std::string("SAME_LOWER");
  if (rule > 2) {
    Ints pads;
    for (std::size_t side = 0; side < 2; ++side)
      for (const auto size : kernel) pads.push_back(random.integer(0, size - 1));
    attributes["pads"] = pads;
  }
  return attributes;
}

Shape image(Random& random, std::size_t axes, std::int64_t channels, std::int64_t least) {
  Shape shape{2, channels};
  for (std::size_t axis = 0; axis < axes; ++axis) shape.push_back(random.integer(least, least + 7));
  return shape;
}

TEST(PlanRandomLayers, Convolutions) {
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Random random(round);
    Network network(round);
    const auto axes = static_cast<std::size_t>(random.integer(1, 3));
    const auto groups = random.integer(1, 3);
    const auto from = random.integer(1, 9);
    const auto kernel = numbers(random, axes, 1, 3);
    auto attributes = window(random, kernel);
    attributes["group"] = groups;
    attributes["dilations"] = numbers(random, axes, 1, 2);
    Shape weights{groups * random.integer(1, 9), from};
    weights.insert(weights.end(), kernel.begin(), kernel.end());
    const auto x = network.input("x", image(random, axes, groups * from, 5));
    network.output(network.conv("y", x, weights, attributes));
    expect_float_agrees(network);
  }
}

TEST(PlanRandomLayers, Pools) {
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Random random(round);
    Network network(round);
    const auto axes = static_cast<std::size_t>(random.integer(1, 3));
    const auto kernel = numbers(random, axes, 1, 4);
    auto attributes = window(random, kernel);
    attributes["kernel_shape"] = kernel;
    attributes["ceil_mode"] = random.integer(0, 1);
    const bool mean = random.integer(0, 1) != 0;
    if (mean) attributes["count_include_pad"] = random.integer(0, 1);
    const auto x = network.input("x", image(random, axes, random.integer(1, 20), 4));
    network.output(network.node(mean ? "AveragePool" : "MaxPool", "y", {x}, attributes));
    expect_float_agrees(network);
  }
}

TEST(PlanRandomLayers, Products) {
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Random random(round);
    Network network(round);
    const auto depth = random.integer(1, 40);
    Shape left{2};
    for (auto stack = random.integer(0, 2); stack > 0; --stack) left.push_back(random.integer(1, 3));
    left.push_back(random.integer(1, 20));
    left.push_back(depth);
    Shape right{depth, random.integer(1, 20)};
    // The right side is one matrix, or a stack that broadcasts.
    for (std::size_t axis = left.size() - 2; axis-- > 1 && random.integer(0, 1) != 0;)
      right.insert(right.begin(), random.integer(0, 1) != 0 ? left[axis] : 1);
    network.output(network.node("MatMul", "y", {network.input("x", left), network.constant("w", right, 0.3F)}));
    expect_float_agrees(network);
  }
}

}  // namespace
}  // namespace quantrail::testing
