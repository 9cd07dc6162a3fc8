// Operators that move values: the same bits as the interpreter's, in either layout, on floats, on codes and on other
// element types.
#include "model/interpret.h"
#include "runtime/kernels_layout.h"
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

enum class Memory { Plain, ChannelsLast };

/// One operator behind an input `x`, which a pooling over single positions puts channels-last where asked.
struct Case {
  Network network;
  std::string source{};

  Case(std::uint32_t seed, Shape shape, Memory memory) : network(seed) {
    source = network.input("x", shape);
    if (memory == Memory::ChannelsLast) {
      const std::vector<std::int64_t> ones(shape.size() - 2, 1);
      source = network.node("MaxPool", "pooled", {source}, {{"kernel_shape", ones}});
    }
  }
  void add(const std::string& op, std::vector<std::string> others = {},
           std::map<std::string, Attribute> attributes = {}) {
    others.insert(others.begin(), source);
    network.output(network.node(op, "y", others, std::move(attributes)));
  }
  void expect_same_bits(std::int64_t batch) {
    const auto inputs = random_inputs(network, batch);
    const auto expected = expected_values(network.graph(), {}, inputs).at("y");
    EXPECT_EQ(kernels::bits(computed(network.graph(), {}, inputs)), kernels::bits(expected.values<float>()));
  }
};

/// Shapes [N, C, H, W] and a layout, for each round.
template <class Add>
void in_many_shapes(std::uint32_t seed, Add add) {
  kernels::Random random(seed);
  for (std::uint32_t round = 0; round < 40; ++round) {
    const Shape shape{random.integer(1, 2), random.integer(1, 20), random.integer(1, 9), random.integer(1, 9)};
    for (const Memory memory : {Memory::Plain, Memory::ChannelsLast}) {
      Case one(seed + round, shape, memory);
      kernels::Random choices(seed + 1000 + round);
      if (!add(one, shape, choices)) continue;
      SCOPED_TRACE(::testing::Message() << "round " << round << (memory == Memory::Plain ? " plain" : " last"));
      one.expect_same_bits(shape[0]);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(PlanMoves, SliceAgreesWithStepsOfEitherSign) {
  in_many_shapes(1, [](Case& one, const Shape& shape, kernels::Random& random) {
    std::vector<std::int64_t> starts;
    std::vector<std::int64_t> ends;
    std::vector<std::int64_t> steps;
    for (std::size_t axis = 1; axis < 4; ++axis) {
      const bool back = random.integer(0, 1) == 1;
      starts.push_back(back ? random.integer(shape[axis] / 2, shape[axis] - 1) : random.integer(0, shape[axis] / 2));
      if (!back && starts.back() == shape[axis]) starts.back() = 0;
      ends.push_back(back ? -shape[axis] - 1 : shape[axis]);
      steps.push_back(random.integer(1, 3) * (back ? -1 : 1));
    }
    one.add("Slice", {one.network.integers("starts", starts), one.network.integers("ends", ends),
                      one.network.integers("axes", {1, 2, 3}), one.network.integers("steps", steps)});
    return true;
  });
}

TEST(PlanMoves, EveryPartOfASplitAgrees) {
  kernels::Random random(2);
  for (std::uint32_t round = 0; round < 40; ++round) {
    const Shape shape{2, random.integer(3, 20), random.integer(3, 9), random.integer(3, 9)};
    Case one(round, shape, round % 2 == 0 ? Memory::Plain : Memory::ChannelsLast);
    const auto axis = random.integer(1, 3);
    const auto size = shape[static_cast<std::size_t>(axis)];
    const auto first = random.integer(1, size - 2);
    const auto second = random.integer(1, size - first - 1);
    auto& graph = one.network.graph();
    graph.nodes.push_back({"split",
                           "Split",
                           {one.source, one.network.integers("sizes", {first, second, size - first - second})},
                           {"a", "b", "c"},
                           {{"axis", axis - (round % 3 == 0 ? 4 : 0)}},
                           {}});
    for (const auto* name : {"a", "b", "c"}) one.network.output(name);
    const auto inputs = random_inputs(one.network, 2);
    std::vector<const Tensor*> operands{&inputs.at("x"), graph.constants.at("sizes").get()};
    const auto expected = interpreted(graph.nodes.back(), graph.opset, operands).value();
    PlanState state(plan_of(graph, {}, 2));
    fill_inputs(state, graph, inputs);
    ASSERT_TRUE(state.run());
    for (std::size_t part = 0; part < 3; ++part)
      ASSERT_EQ(kernels::bits(output_of(state, part)), kernels::bits(expected[part].values<float>())) << round;
  }
}

TEST(PlanMoves, GatherAgreesByPositionsKnownAndComputed) {
  in_many_shapes(3, [](Case& one, const Shape& shape, kernels::Random& random) {
    const auto axis = random.integer(1, 3);
    const auto size = shape[static_cast<std::size_t>(axis)];
    std::vector<std::int64_t> indices(static_cast<std::size_t>(random.integer(1, 12)));
    for (auto& index : indices) index = random.integer(-size, size - 1);
    const auto count = static_cast<std::int64_t>(indices.size());
    switch (random.integer(0, 2)) {
      case 0: one.network.integers("indices", indices); break;
      case 1: one.network.constant("indices", Tensor::of<std::int64_t>({1, count, 1}, indices)); break;
      default: one.network.constant("indices", Tensor::of<std::int64_t>({}, std::vector{indices[0]})); break;
    }
    one.add("Gather", {"indices"}, {{"axis", axis}});
    return true;
  });
}

TEST(PlanMoves, GatherRefusesAnIndexOutsideOfItsAxis) {
  for (const std::int64_t wrong : {5, -6}) {
    Case one(1, {1, 5, 2, 2}, Memory::Plain);
    one.network.integers("indices", {0, wrong});
    one.add("Gather", {"indices"}, {{"axis", std::int64_t{1}}});
    PlanState state(plan_of(one.network.graph(), {}, 1));
    fill_inputs(state, one.network.graph(), random_inputs(one.network, 1));
    const auto done = state.run();
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("axis of 5"), std::string::npos) << done.error().message;
  }
}

TEST(PlanMoves, TileAndExpandAgree) {
  in_many_shapes(4, [](Case& one, const Shape&, kernels::Random& random) {
    std::vector<std::int64_t> repeats{random.integer(1, 2), random.integer(1, 3), random.integer(1, 3),
                                      random.integer(1, 3)};
    one.add("Tile", {one.network.integers("repeats", repeats)});
    return true;
  });
  in_many_shapes(5, [](Case& one, const Shape& shape, kernels::Random& random) {
    std::vector<std::int64_t> wanted{shape.begin(), shape.end()};
    for (auto& size : wanted) size = size == 1 ? random.integer(1, 4) : random.integer(0, 1) == 0 ? 1 : size;
    if (random.integer(0, 1) == 1) wanted.insert(wanted.begin(), random.integer(1, 2));
    one.add("Expand", {one.network.integers("shape", wanted)});
    return true;
  });
}

TEST(PlanMoves, DepthAndSpaceAgreeInBothOrders) {
  kernels::Random random(6);
  for (std::uint32_t round = 0; round < 24; ++round) {
    const auto block = random.integer(1, 3);
    const Memory memory = round % 2 == 0 ? Memory::Plain : Memory::ChannelsLast;
    const Shape deep{2, block * block * random.integer(1, 9), random.integer(1, 5), random.integer(1, 5)};
    Case to_space(round, deep, memory);
    to_space.add("DepthToSpace", {}, {{"blocksize", block}, {"mode", round % 4 < 2 ? "DCR" : "CRD"}});
    to_space.expect_same_bits(2);
    Case to_depth(round, {2, random.integer(1, 9), block * random.integer(1, 4), block * random.integer(1, 4)}, memory);
    to_depth.add("SpaceToDepth", {}, {{"blocksize", block}});
    to_depth.expect_same_bits(2);
  }
}

TEST(PlanMoves, TransposeAgreesInAnyOrderOfAxes) {
  in_many_shapes(7, [](Case& one, const Shape&, kernels::Random& random) {
    std::vector<std::int64_t> perm{0, 1, 2, 3};
    for (std::size_t axis = 3; axis > 0; --axis)
      std::swap(perm[axis], perm[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(axis)))]);
    one.add("Transpose", {}, {{"perm", perm}});
    return true;
  });
}

/// An integer convolution, the operator on its codes, and another integer convolution behind it.
void expect_codes_move(Shape shape, const std::string& op,
                       const std::function<std::vector<std::string>(Network&)>& others,
                       std::map<std::string, Attribute> attributes) {
  Network network(11);
  const auto x = network.input("x", shape);
  std::vector<std::string> operands{network.conv("before", x, {8, shape[1], 1, 1})};
  for (auto& other : others(network)) operands.push_back(std::move(other));
  const auto moved = network.node(op, "moved", operands, std::move(attributes));
  const auto inputs = random_inputs(network, 2);
  auto plain = network.graph();
  plain.outputs.push_back({moved, ElementType::Float32, {}, {}});
  const auto channels = expected_values(plain, {}, inputs).at(moved).shape[1];
  network.output(network.conv("behind", moved, {4, channels, 1, 1}));
  const auto q = quantized(network, inputs, {"before", "behind"}, {"moved"});
  const PlanOptions options{&q};
  const auto expected = expected_values(network.graph(), options, inputs).at("behind");
  const auto plan = plan_of(network.graph(), options, 2);
  const auto seen =
      agreement(computed(network.graph(), options, inputs), expected.values<float>(), q.activations.at("behind"));
  EXPECT_LE(seen.largest, 1) << op;
  EXPECT_LE(seen.different * 50, seen.count) << op;
}

TEST(PlanMoves, CodesMoveAsCodes) {
  const auto none = [](Network&) { return std::vector<std::string>{}; };
  const Shape shape{2, 3, 6, 4};
  expect_codes_move(shape, "DepthToSpace", none, {{"blocksize", std::int64_t{2}}});
  expect_codes_move(shape, "SpaceToDepth", none, {{"blocksize", std::int64_t{2}}});
  expect_codes_move(shape, "Transpose", none, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
  expect_codes_move(shape, "Tile", [](Network& n) { return std::vector{n.integers("r", {1, 2, 1, 3})}; }, {});
  expect_codes_move(shape, "Gather",
                    [](Network& n) {
                      return std::vector{n.integers("i", {5, 0, 0, 3})};
                    },
                    {{"axis", std::int64_t{1}}});
  expect_codes_move(shape, "Slice",
                    [](Network& n) {
                      return std::vector{n.integers("s", {7, 0}), n.integers("e", {0, 6}), n.integers("a", {1, 2}),
                                         n.integers("t", {-2, 2})};
                    },
                    {});
}

template <class T>
void expect_integers_move(const std::string& op, const std::vector<std::string>& others, Network& network,
                          std::map<std::string, Attribute> attributes) {
  auto& graph = network.graph();
  graph.inputs = {{"x", kElementType<T>, {-1, 6, 4}, {}}};
  graph.outputs.clear();
  std::vector<std::string> operands{"x"};
  operands.insert(operands.end(), others.begin(), others.end());
  graph.nodes = {{"y", op, operands, {"y"}, std::move(attributes), {}}};
  graph.outputs = {{"y", kElementType<T>, {}, {}}};
  std::vector<T> values(48);
  for (std::size_t at = 0; at < values.size(); ++at) values[at] = static_cast<T>(at * 5);
  Values inputs;
  inputs["x"] = Tensor::of<T>({2, 6, 4}, values);
  const auto expected = expected_values(graph, {}, inputs).at("y");
  PlanState state(plan_of(graph, {}, 2));
  fill_inputs(state, graph, inputs);
  ASSERT_TRUE(state.run());
  const auto bytes = state.output(0);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), expected.bytes.begin(), expected.bytes.end())) << op;
}

TEST(PlanMoves, OtherElementTypesMoveToo) {
  Network network;
  const auto repeats = network.integers("repeats", {1, 2, 3});
  const auto indices = network.integers("indices", {3, 0, -1});
  const auto starts = network.integers("starts", {5});
  const auto ends = network.integers("ends", {0});
  const auto axes = network.integers("axes", {1});
  const auto steps = network.integers("steps", {-2});
  const auto all = [&]<class T>(T) {
    expect_integers_move<T>("Tile", {repeats}, network, {});
    expect_integers_move<T>("Gather", {indices}, network, {{"axis", std::int64_t{2}}});
    expect_integers_move<T>("Slice", {starts, ends, axes, steps}, network, {});
    expect_integers_move<T>("Transpose", {}, network, {{"perm", std::vector<std::int64_t>{2, 0, 1}}});
  };
  all(std::int64_t{});
  all(std::int32_t{});
  all(std::uint8_t{});
}

}  // namespace
}  // namespace quantrail::testing
