#include "runtime/samples_apart.h"

#include <gtest/gtest.h>

#include "runtime/plan_network.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;

/// Whether a network of one such node behind x [N,6,8] is known to keep eight samples apart.
bool apart(const std::string& op, std::map<std::string, Attribute> attributes, bool with_itself = false) {
  Network net;
  const auto x = net.input("x", {1, 6, 8});
  std::vector<std::string> inputs{x};
  if (with_itself) inputs.push_back(x);
  net.output(net.node(op, "y", inputs, std::move(attributes)));
  return apart_by_structure(net.graph(), 8);
}

TEST(ApartByStructure, KnowsOperatorsThatWorkOnEachSample) {
  EXPECT_TRUE(apart("Relu", {}));
  EXPECT_TRUE(apart("Add", {}, true));
  EXPECT_TRUE(apart("Softmax", {{"axis", std::int64_t{1}}}));
  EXPECT_TRUE(apart("ReduceMean", {{"axes", Ints{1}}}));
  EXPECT_TRUE(apart("Transpose", {{"perm", Ints{0, 2, 1}}}));
  EXPECT_TRUE(apart("Concat", {{"axis", std::int64_t{1}}}, true));
}

TEST(ApartByStructure, DoubtsOperatorsAlongTheBatch) {
  EXPECT_FALSE(apart("Softmax", {{"axis", std::int64_t{0}}}));
  EXPECT_FALSE(apart("Softmax", {{"axis", std::int64_t{-3}}}));
  EXPECT_FALSE(apart("ReduceMean", {{"axes", Ints{0}}}));
  EXPECT_FALSE(apart("ReduceMean", {{"axes", Ints{0, 2}}, {"keepdims", std::int64_t{0}}}));
  EXPECT_FALSE(apart("Transpose", {{"perm", Ints{1, 0, 2}}}));
  EXPECT_FALSE(apart("Concat", {{"axis", std::int64_t{0}}}, true));
  EXPECT_FALSE(apart("MeanVarianceNormalization", {{"axes", Ints{0, 2}}}));
}

TEST(ApartByStructure, KnowsProductsOfSamplesOrWithWeights) {
  Network net;
  const auto x = net.input("x", {1, 6, 8});
  const auto turned = net.node("Transpose", "turned", {x}, {{"perm", Ints{0, 2, 1}}});
  const auto scores = net.node("MatMul", "scores", {x, turned});
  net.output(net.node("MatMul", "y", {scores, net.constant("w", {6, 5}, 1.0F)}));
  EXPECT_TRUE(apart_by_structure(net.graph(), 8));
  Network pairs;
  const auto v = pairs.input("v", {1, 8});
  const auto across = pairs.node("Transpose", "across", {v}, {{"perm", Ints{1, 0}}});
  pairs.output(pairs.node("MatMul", "y", {v, across}));
  EXPECT_FALSE(apart_by_structure(pairs.graph(), 8));
}

}  // namespace
}  // namespace quantrail::testing
