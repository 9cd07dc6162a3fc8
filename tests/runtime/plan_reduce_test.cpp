#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

const std::vector<std::string> kReductions{"ReduceSum",    "ReduceMean",     "ReduceMax", "ReduceMin",
                                           "ReduceProd",   "ReduceL1",       "ReduceL2",  "ReduceSumSquare",
                                           "ReduceLogSum", "ReduceLogSumExp"};

std::vector<std::int64_t> axes_numbered(unsigned subset) {
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = 0; axis < 4; ++axis) {
    if ((subset >> axis & 1U) != 0) axes.push_back(axis - (subset % 2 == 0 ? 0 : 4));
  }
  return axes;
}

/// `op` over [3, 5, 4, 70], stored plainly or channels-last, against the interpreter.
void expect_agrees(const std::string& op, unsigned subset, bool keep, bool channels_last) {
  SCOPED_TRACE(op + " over " + std::to_string(subset) + (keep ? " kept" : "") + (channels_last ? " last" : ""));
  Network network(subset);
  network.graph().opset = 18;
  auto source = network.input("x", {3, 5, 4, 70});
  source = network.node("Abs", "size", {source});  // which logarithms exist for
  if (channels_last)
    source = network.node("MaxPool", "pooled", {source}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
  network.output(network.node(op, "y", {source, network.integers("axes", axes_numbered(subset))},
                              {{"keepdims", std::int64_t{keep}}}));
  expect_float_agrees(network, 3, 2e-5F);
}

TEST(PlanReduce, AgreesForEverySetOfAxesInBothLayouts) {
  for (const auto& op : kReductions) {
    for (unsigned subset = 1; subset < 16; ++subset) {
      for (const bool keep : {false, true}) {
        for (const bool channels_last : {false, true}) expect_agrees(op, subset, keep, channels_last);
      }
    }
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(PlanReduce, WithoutAxesEverythingIsReducedOrNothing) {
  for (const std::int64_t nothing : {0, 1}) {
    Network network;
    network.graph().opset = 18;
    network.output(
        network.node("ReduceSum", "y", {network.input("x", {2, 3, 4, 5})}, {{"noop_with_empty_axes", nothing}}));
    expect_float_agrees(network);
  }
}

TEST(PlanReduce, PositionsOfExtremesAgreeAlongEachAxisWithEitherTie) {
  for (const std::string op : {"ArgMax", "ArgMin"}) {
    for (std::int64_t choice = 0; choice < 32; ++choice) {
      Network network(static_cast<std::uint32_t>(choice));
      auto source = network.node("Round", "rounded", {network.input("x", {2, 7, 3, 70})});  // so that there are ties
      if (choice % 2 == 1)
        source = network.node("MaxPool", "pooled", {source}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
      network.node(op, "y", {source},
                   {{"axis", choice / 2 % 4}, {"keepdims", choice / 8 % 2}, {"select_last_index", choice / 16}});
      network.graph().outputs.push_back({"y", ElementType::Int64, {}, {}});
      const auto inputs = random_inputs(network, 2);
      const auto expected = expected_values(network.graph(), {}, inputs).at("y");
      PlanState state(plan_of(network.graph(), {}, 2));
      fill_inputs(state, network.graph(), inputs);
      ASSERT_TRUE(state.run());
      const auto bytes = state.output(0);
      ASSERT_TRUE(std::equal(bytes.begin(), bytes.end(), expected.bytes.begin(), expected.bytes.end()))
          << op << " " << choice;
    }
  }
}

}  // namespace
}  // namespace quantrail::testing
