#include "export/product_sums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "export/qdq.h"
#include "export/small_network.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Batch = testing::SmallNetwork::Batch;
using testing::SmallNetwork;

/// x -> MatMul "m" -> Add "b" -> Erf: one integer layer with a float result.
struct Product {
  SmallNetwork net;
  Quantization q{};

  Product(const Shape& input, const Shape& addend, Batch batch) : net(input, "x", batch) {
    const auto m = net.matmul("m", "x", 4);
    net.constant("addend", addend, 0.2F);
    net.output(net.same("erf", "Erf", {net.same("b", "Add", {m, "addend"})}));
    q.activations = {{"x", {0.1F, 128}}};
    q.layers["m"].weights = WeightParams{1, std::vector<float>(4, 0.01F)};
    q.groups = {{"m", {"m"}}};
  }
  [[nodiscard]] std::vector<std::string> sums(const std::set<std::string, std::less<>>& reverted = {}) const {
    const Graph& graph = net.graph();
    std::vector<std::string> names;
    for (const auto at : product_sums(graph, GraphIndex(graph), lowered(graph, &q, reverted)))
      names.push_back(graph.nodes[at].name);
    return names;
  }
};

TEST(ProductSums, AVectorBehindAProductOfRankThreeWhereAllSizesAreDeclared) {
  EXPECT_THAT(Product({2, 3, 8}, {4}, Batch::Fixed).sums(), ElementsAre("b"));
  EXPECT_THAT(Product({2, 3, 8}, {4}, Batch::Open).sums(), IsEmpty());
  EXPECT_THAT(Product({2, 3, 8}, {1, 1, 4}, Batch::Fixed).sums(), IsEmpty()) << "no bias of a Gemm";
}

TEST(ProductSums, AMatrixBehindAProductOfRankTwo) {
  EXPECT_THAT(Product({2, 8}, {2, 4}, Batch::Fixed).sums(), ElementsAre("b"));
  EXPECT_THAT(Product({2, 8}, {2, 1}, Batch::Fixed).sums(), ElementsAre("b"));
  EXPECT_THAT(Product({2, 8}, {1}, Batch::Fixed).sums(), IsEmpty());
}

TEST(ProductSums, NotBehindAProductThatIsRevertedOrQuantizedItself) {
  Product product({2, 3, 8}, {4}, Batch::Fixed);
  EXPECT_THAT(product.sums({"m"}), IsEmpty());
  product.q.activations["b:0"] = {0.1F, 128};
  EXPECT_THAT(product.sums(), ElementsAre("b")) << "a Gemm in integers would round what is added";
  product.q.activations["m:0"] = {0.1F, 128};
  EXPECT_THAT(product.sums(), IsEmpty()) << "the product itself is quantized";
}

TEST(ProductSums, AreWrittenAsSumsOfTheSameOperands) {
  const Product product({2, 3, 8}, {4}, Batch::Fixed);
  const Graph graph = with_qdq(product.net.graph(), product.q, lowered(product.net.graph(), &product.q, {}));
  const Node& sum = graph.nodes[*GraphIndex(graph).node("b")];
  EXPECT_EQ(sum.op, "Sum");
  EXPECT_THAT(sum.inputs, ElementsAre("m:0", "addend"));
}

}  // namespace
}  // namespace quantrail
