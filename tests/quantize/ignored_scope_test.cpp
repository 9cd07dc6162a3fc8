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
  return resolved({scope, ops}, network())->nodes;
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

TEST(IgnoredScope, SaysWhatEachEntryMeant) {
  const auto scope = resolved({{"c*"}, {"Gemm"}}, network());
  EXPECT_THAT(scope->matches, ElementsAre(ScopeMatch{"c*", {"c1", "c2"}}, ScopeMatch{"Gemm", {"fc"}}));
}

TEST(IgnoredScope, RefusesWhatMatchesNothing) {
  const auto layer = resolved({{"c11"}, {}}, network());
  EXPECT_EQ(layer.error().cause, Cause::InvalidInput);
  EXPECT_THAT(layer.error().message, HasSubstr("'c11' (did you mean \"c1\"?)"));
  EXPECT_THAT(resolved({{}, {"Cnv"}}, network()).error().message, HasSubstr("did you mean \"Conv\"?"));
}

}  // namespace
}  // namespace quantrail
