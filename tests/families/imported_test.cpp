// Networks of every family, quantized and exported, loaded again as files: the same network in our runtime.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/files.h"
#include "export/export.h"
#include "families/agreement.h"
#include "families/family.h"
#include "families/listed_data.h"
#include "families/ort.h"
#include "families/ours.h"
#include "model/quantized_import.h"
#include "peer/peer.h"
#include "peer/scratch.h"

namespace quantrail {
namespace {

using testing::Family;
using testing::Inputs;

std::vector<Inputs> random_sets(const testing::Description& description, std::uint32_t first, std::size_t count) {
  std::vector<Inputs> sets;
  for (std::size_t set = 0; set < count; ++set) {
    sets.push_back(testing::random_inputs(description, description.sizes[0], first + static_cast<std::uint32_t>(set)));
  }
  return sets;
}

/// What of two runs of a network is the same.
struct Sameness {
  std::size_t elements = 0;
  std::size_t different = 0;
  testing::Agreement agreement{};
};

Sameness sameness(const std::vector<testing::Outputs>& a, const std::vector<testing::Outputs>& b,
                  const std::set<std::string, std::less<>>& selected) {
  Sameness result;
  for (std::size_t set = 0; set < a.size(); ++set) {
    for (std::size_t output = 0; output < a[set].size(); ++output) {
      const Tensor& x = a[set][output].value;
      const Tensor& y = b[set][output].value;
      if (selected.count(a[set][output].name) != 0 || x.type != ElementType::Float32) continue;
      EXPECT_EQ(x.shape, y.shape);
      const auto xs = x.values<float>();
      const auto ys = y.values<float>();
      result.elements += xs.size();
      for (std::size_t at = 0; at < xs.size(); ++at) result.different += xs[at] == ys[at] ? 0U : 1U;
      result.agreement.add(xs, ys);
    }
  }
  return result;
}

bool has_weights(const std::string& op) { return op == "Conv" || op == "Gemm" || op == "MatMul"; }

/// Layers that run in integers, and whatever else gives codes.
std::set<std::string> integer_nodes(const Graph& graph, const Lowering& lowering) {
  const GraphIndex index(graph);
  std::set<std::string> names;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const auto& result = graph.nodes[fused_activation(graph, index, at).value_or(at)].outputs[0];
    const bool counts = has_weights(node.op) || lowering.codes.count(result) != 0;
    if (lowering.nodes[at].integer && counts) names.insert(node.name);
  }
  return names;
}

class ImportedFamilyTest : public ::testing::TestWithParam<Family> {
 protected:
  void SetUp() override {
    const auto model = testing::families_folder() / (GetParam().name + ".onnx");
    if (!std::filesystem::exists(model)) GTEST_SKIP() << model << " is not there: tools/make_networks makes it";
  }
};

void expect_same(const testing::OurNetwork& network, const Variant& variant, const testing::Description& description,
                 const std::vector<Inputs>& sets) {
  const auto model = exported(network.graph, *variant.quantization, variant.reverted, variant.revert_mode, {});
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const testing::Scratch scratch;
  ASSERT_TRUE(write_file(scratch / "quantized.onnx", model->bytes).has_value());
  const auto loaded = testing::our_network(scratch / "quantized.onnx");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;

  const auto taken_apart = imported(loaded->graph);
  ASSERT_TRUE(taken_apart.has_value()) << taken_apart.error().message;
  const auto lowering = lowered(network.graph, variant.quantization, variant.reverted, variant.revert_mode);
  // More may: what computes in float between codes is the same function in integers.
  const auto before = integer_nodes(network.graph, lowering);
  const auto now = integer_nodes(taken_apart->graph, taken_apart->lowering);
  EXPECT_TRUE(std::includes(now.begin(), now.end(), before.begin(), before.end()));

  const auto original = testing::run_in_ours(network.graph, variant, sets);
  ASSERT_TRUE(original.has_value()) << original.error().message;
  const auto again = testing::run_in_ours(loaded->graph, {}, sets);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  const Sameness same = sameness(*original, *again, description.selected);
  std::cout << "  " << same.different << " of " << same.elements << " values differ, " << same.agreement.db()
            << " dB\n";
  EXPECT_EQ(same.different, 0U);
}

TEST_P(ImportedFamilyTest, ExportedAndLoadedAgainIsTheSameNetwork) {
  const auto description = testing::described(GetParam());
  ASSERT_TRUE(description.has_value()) << description.error().message;
  const auto network = testing::our_network(description->model);
  ASSERT_TRUE(network.has_value()) << network.error().message;
  const auto q = testing::our_quantization(network->graph, testing::ListedData(random_sets(*description, 1, 4)));
  if (!q && q.error().cause == Cause::Unsupported) GTEST_SKIP() << q.error().message;
  ASSERT_TRUE(q.has_value()) << q.error().message;
  const auto sets = random_sets(*description, 1000, 4);
  expect_same(*network, {&*q, {}, RevertMode::Full}, *description, sets);
  const auto& middle = q->groups[q->groups.size() / 2].name;
  for (const auto mode : {RevertMode::Full, RevertMode::Compute}) {
    SCOPED_TRACE(middle + " reverted, " + std::string(name_of(mode)));
    expect_same(*network, {&*q, {middle}, mode}, *description, sets);
  }
}

/// The QOperator file that ONNX Runtime's optimiser makes of our export, beside what it computes with it.
TEST_P(ImportedFamilyTest, WhatOnnxRuntimeMakesOfItIsTheSameNetworkHere) {
  static const std::string kMissing = testing::missing_peer();
  if (!kMissing.empty()) GTEST_SKIP() << kMissing;
  const auto description = testing::described(GetParam());
  ASSERT_TRUE(description.has_value()) << description.error().message;
  const auto network = testing::our_network(description->model);
  ASSERT_TRUE(network.has_value()) << network.error().message;
  const auto q = testing::our_quantization(network->graph, testing::ListedData(random_sets(*description, 1, 4)));
  if (!q && q.error().cause == Cause::Unsupported) GTEST_SKIP() << q.error().message;
  ASSERT_TRUE(q.has_value()) << q.error().message;
  const auto model = exported(network->graph, *q, {}, RevertMode::Full, {});
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const testing::Scratch scratch;
  const auto file = scratch / "quantized.onnx";
  ASSERT_TRUE(write_file(file, model->bytes).has_value());
  const auto sets = random_sets(*description, 1000, 4);
  const auto theirs =
      testing::run_in_ort({{network->file, "disabled", {}}, {file, "extended", scratch / "optimised.onnx"}}, sets);
  ASSERT_TRUE(theirs.has_value()) << theirs.error().message;
  const auto loaded = testing::our_network(scratch / "optimised.onnx");
  if (!loaded && loaded.error().cause == Cause::Unsupported) GTEST_SKIP() << loaded.error().message;
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const auto ours = testing::run_in_ours(loaded->graph, {}, sets);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  // Ties are rounded differently, which grows with depth: as far from the float network as ONNX Runtime is.
  const double our_db = sameness((*theirs)[0], *ours, description->selected).agreement.db();
  const double their_db = sameness((*theirs)[0], (*theirs)[1], description->selected).agreement.db();
  std::cout << "  " << our_db << " dB, ONNX Runtime " << their_db << " dB\n";
  EXPECT_GE(our_db, their_db - 1.0);
}

INSTANTIATE_TEST_SUITE_P(Networks, ImportedFamilyTest, ::testing::ValuesIn(testing::families()),
                         [](const auto& family) { return family.param.name; });

}  // namespace
}  // namespace quantrail
