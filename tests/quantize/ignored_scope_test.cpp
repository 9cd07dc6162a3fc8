#include "quantize/ignored_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "export/small_network.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Graph network() {
  testing::SmallNetwork net;
  auto v = net.relu("r1", net.conv("c1", "x"));
  v = net.max_pool("pool", v);
  v = net.conv("c2", v);
  net.output(net.gemm("fc", net.flatten("flat", v), 3));
  net.graph().nodes[0].absorbed = {"bn1"};
  return net.graph();
}

std::set<std::string, std::less<>> nodes(const std::vector<std::string>& scope,
                                         const std::vector<std::string>& ops = {}) {
  IgnoredScope ignored{scope, {}};
  for (const auto& op : ops) ignored.operations.push_back({op, {}});
  return resolved(ignored, network())->nodes;
}

TEST(IgnoredScope, IsEmptyByDefault) { EXPECT_THAT(nodes({}), IsEmpty()); }

TEST(IgnoredScope, FindsLayersByNameAndGlob) {
  EXPECT_THAT(nodes({"c1"}), ElementsAre("c1"));
  EXPECT_THAT(nodes({"c*"}), ElementsAre("c1", "c2"));
}

TEST(IgnoredScope, FindsFoldedNodesAndOutputs) {
  EXPECT_THAT(nodes({"bn1"}), ElementsAre("c1"));
  EXPECT_THAT(nodes({"c2:0"}), ElementsAre("c2"));
}

TEST(IgnoredScope, TakesAnActivationForItsLayer) { EXPECT_THAT(nodes({"r1"}), ElementsAre("c1")); }

TEST(IgnoredScope, TakesAMoveForTheLayersThatReadIt) {
  EXPECT_THAT(nodes({"pool"}), ElementsAre("c2"));
  EXPECT_THAT(nodes({"flat"}), ElementsAre("fc"));
}

TEST(IgnoredScope, FindsOperators) {
  EXPECT_THAT(nodes({}, {"Conv"}), UnorderedElementsAre("c1", "c2"));
  EXPECT_THAT(nodes({}, {"Convolution"}), UnorderedElementsAre("c1", "c2")) << "POT's name for it";
  EXPECT_THAT(nodes({}, {"MatMul"}), ElementsAre("fc")) << "a Gemm is POT's MatMul with a bias";
}

TEST(IgnoredScope, AnOperationComputedWithALayerIsNotTheLayer) {
  const auto scope = resolved({{}, {{"ReLU", {}}}}, network());
  ASSERT_TRUE(scope);
  EXPECT_THAT(scope->nodes, IsEmpty());
  EXPECT_THAT(scope->matches.front().why_none, HasSubstr("computed together"));
}

TEST(IgnoredScope, AnOperationThatTheModelLacksMeansNothing) {
  for (const auto* type : {"BatchNormalization", "HSwish", "GroupConvolution"}) {
    const auto scope = resolved({{}, {{type, {}}}}, network());
    ASSERT_TRUE(scope) << type;
    EXPECT_THAT(scope->nodes, IsEmpty()) << type;
    EXPECT_THAT(scope->matches.front().why_none, HasSubstr("the model has none")) << type;
  }
  EXPECT_THAT(resolved({{}, {{"Convv", {}}}}, network()).error().message, HasSubstr("did you mean \"Conv\""));
}

TEST(IgnoredScope, TellsGroupedConvolutionsFromOthersAsOpenVinoDoes) {
  auto graph = network();
  for (auto& node : graph.nodes) {
    if (node.name == "c2") node.attributes["group"] = std::int64_t{2};
  }
  const auto meant = [&](const std::string& type) { return resolved({{}, {{type, {}}}}, graph)->nodes; };
  EXPECT_THAT(meant("Convolution"), ElementsAre("c1"));
  EXPECT_THAT(meant("GroupConvolution"), ElementsAre("c2"));
  EXPECT_THAT(meant("Conv"), UnorderedElementsAre("c1", "c2"));
}

TEST(IgnoredScope, SaysWhatEachEntryMeant) {
  const auto scope = resolved({{"c*"}, {{"Gemm", {}}}}, network());
  EXPECT_THAT(scope->matches, ElementsAre(ScopeMatch{"c*", {"c1", "c2"}}, ScopeMatch{"Gemm", {"fc"}}));
}

TEST(IgnoredScope, RefusesWhatMatchesNothing) {
  const auto layer = resolved({{"c11"}, {}}, network());
  EXPECT_EQ(layer.error().cause, Cause::InvalidInput);
  EXPECT_THAT(layer.error().message, HasSubstr("'c11' (did you mean \"c1\"?)"));
  EXPECT_THAT(resolved({{}, {{"Cnv", {}}}}, network()).error().message, HasSubstr("did you mean \"Conv\"?"));
}

/// What `operation` matches in network(), or the message why it matches nothing.
std::vector<std::string> matched(IgnoredOperation operation) {
  Graph graph = network();
  graph.nodes[3].attributes["strides"] = std::vector<std::int64_t>{2, 2};  // c2
  graph.nodes[3].attributes["pads"] = std::vector<std::int64_t>{0, 1, 2, 3};
  for (auto* key : {"group", "pads"}) graph.nodes[0].attributes.erase(key);  // c1
  const auto scope = resolved({{}, {std::move(operation)}}, graph);
  return scope ? scope->matches[0].nodes : std::vector{scope.error().message};
}

TEST(IgnoredOperation, NeedsEqualAttributes) {
  EXPECT_THAT(matched({"Conv", {{"strides", std::vector<std::int64_t>{2, 2}}}}), ElementsAre("c2"));
  EXPECT_THAT(matched({"Convolution", {{"strides", std::vector<std::int64_t>{1, 1}}}}), ElementsAre("c1"));
  EXPECT_THAT(
      matched(
          {"Conv", {{"strides", std::vector<std::int64_t>{1, 1}}, {"kernel_shape", std::vector<std::int64_t>{5, 5}}}}),
      ElementsAre(HasSubstr("no node is Conv with")));
}

TEST(IgnoredOperation, TakesDefaultsOfOnnxForAttributesThatAreNotWritten) {
  EXPECT_THAT(matched({"Conv", {{"group", std::int64_t{1}}}}), ElementsAre("c1", "c2"));
  EXPECT_THAT(matched({"Conv", {{"auto_pad", std::string("NOTSET")}}}), ElementsAre("c1", "c2"));
  EXPECT_THAT(matched({"Conv", {{"dilations", std::vector<std::int64_t>{1, 1}}}}), ElementsAre("c1", "c2"));
  EXPECT_THAT(matched({"Conv", {{"pads", std::vector<std::int64_t>{0, 0, 0, 0}}}}), ElementsAre("c1"));
  EXPECT_THAT(matched({"Gemm", {{"alpha", std::int64_t{1}}}}), ElementsAre("fc")) << "numbers of either kind compare";
}

TEST(IgnoredOperation, TakesOpenVinosNamesOfAttributes) {
  EXPECT_THAT(matched({"Convolution", {{"pads_begin", std::vector<std::int64_t>{0, 1}}}}), ElementsAre("c2"));
  EXPECT_THAT(matched({"Convolution", {{"pads_end", std::vector<std::int64_t>{2, 3}}}}), ElementsAre("c2"));
  EXPECT_THAT(matched({"Convolution", {{"pads_end", std::vector<std::int64_t>{0, 0}}}}), ElementsAre("c1"));
  EXPECT_THAT(matched({"MatMul", {{"transpose_b", std::int64_t{1}}}}), ElementsAre("fc"));
  EXPECT_THAT(matched({"Convolution", {{"auto_pad", std::string("explicit")}}}), ElementsAre("c1", "c2"));
}

TEST(IgnoredOperation, SaysWhatThereIsWhereNothingMatches) {
  EXPECT_THAT(matched({"Conv", {{"group", std::int64_t{32}}}}),
              ElementsAre("ignored.operations: no node is Conv with group = 32; there is group = 1"));
  EXPECT_THAT(
      matched({"Conv", {{"strides", std::vector<std::int64_t>{3, 3}}}}),
      ElementsAre("ignored.operations: no node is Conv with strides = [3, 3]; there is strides = [1, 1] or [2, 2]"));
  EXPECT_THAT(matched({"Conv", {{"grup", std::int64_t{1}}}}),
              ElementsAre("ignored.operations: 'Conv' has no attribute 'grup' (did you mean \"group\"?)"));
  EXPECT_THAT(matched({"Conv", {{"group", std::string("1")}}}), ElementsAre(HasSubstr("Conv with group = \"1\"")))
      << "a text is no number";
}

}  // namespace
}  // namespace quantrail
