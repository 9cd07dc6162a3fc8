#include "quantize/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "export/small_network.h"
#include "peer/random_data.h"
#include "quantize/collect.h"
#include "quantize/constant_data.h"
#include "quantize/placement.h"
#include "quantize/quantize.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::RandomData;
using testing::SmallNetwork;
using testing_quantize::Constant;

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> samples(count);
  std::iota(samples.begin(), samples.end(), 0U);
  return samples;
}

Tensor tensor(Shape shape, const std::vector<float>& values) { return Tensor::of<float>(std::move(shape), values); }

/// A 1 x 1 convolution of 2 x 2 pixels in two channels whose weights are codes as they stand, and a Relu.
SmallNetwork pointwise() {
  SmallNetwork net({1, 2, 2, 2});
  net.output(net.relu("r", net.conv("c", "x", {.channels = 2, .kernel = 1})));
  net.keep("c.weight", tensor({2, 2, 1, 1}, {127.0F, 127.0F, 1.0F, -127.0F}));
  net.keep("c.bias", tensor({2}, {0.0F, 1.0F}));
  return net;
}

Quantization of_pointwise() {
  Quantization q;
  q.activations = {{"x", {1.0F, 0}}, {"r:0", {1000.0F, 0}}};
  q.layers["c"].weights = WeightParams{.axis = 0, .scale = {1.0F, 1.0F}};
  q.bias_edits["c"] = {0.5F, -2.0F};
  q.groups = {{"c", {"c"}}};
  return q;
}

const Constant kPixels({2, 2, 2}, {255.0F, 255.0F, 0.0F, 300.0F, /**/ 255.0F, 1.0F, 0.0F, 0.0F});

TEST(Reported, SaysWhatCodesMakeOfATensor) {
  const auto report = reported(pointwise().graph(), of_pointwise(), kPixels, first(3), {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->samples, 3);
  ASSERT_EQ(report->tensors.size(), 2U);
  const TensorReport& x = report->tensors[0];
  EXPECT_EQ(x.name, "x");
  EXPECT_EQ(x.lo(), 0.0F);
  EXPECT_EQ(x.hi(), 255.0F);
  EXPECT_EQ(x.codes.count(), 3U) << "0, 1 and 255";
  const double signal = 3.0 * 255.0 * 255.0 + 1.0 + 300.0 * 300.0;
  EXPECT_EQ(
      x.error,
      (CodingError{
          .elements = 24, .clipped = 3, .signal = 3 * signal, .noise = 3 * 45.0 * 45.0, .min = 0.0F, .max = 300.0F}));
  EXPECT_TRUE(x.as_codes);
  EXPECT_EQ(report->tensors[1].name, "r:0");
  EXPECT_EQ(report->tensors[1].error.max, 64770.0F) << "510 * 127, behind the Relu";
}

TEST(Reported, SaysWhatBecomesOfALayer) {
  const auto report = reported(pointwise().graph(), of_pointwise(), kPixels, first(3), {});
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(report->layers.size(), 1U);
  const LayerReport& layer = report->layers[0];
  EXPECT_EQ(layer.name, "c");
  EXPECT_EQ(layer.op, "Conv");
  EXPECT_TRUE(layer.integer);
  EXPECT_EQ(layer.weights->total.elements, 4);
  EXPECT_FALSE(layer.weights->total.sqnr_db().has_value()) << "nothing is lost";
  EXPECT_EQ(layer.bias_change, 3.0) << "1 becomes -2";
  // Of four pixels one exceeds: 510 * 127; 256 * 127 fits, and 300 is code 255. Weights of opposite sign never do.
  EXPECT_EQ(layer.pairs, (PairCounts{3 * 8, 3, 3 * 8, 3}));
}

TEST(Reported, LooksAtTheGraphItIsGiven) {
  SmallNetwork net = pointwise();
  net.keep("c.weight", tensor({2, 2, 1, 1}, {1.0F, 1.0F, 1.5F, 1.0F}));
  const auto report = reported(net.graph(), of_pointwise(), kPixels, first(1), {});
  EXPECT_EQ(report->layers[0].pairs->saturated, 0);
  EXPECT_EQ(report->layers[0].weights->worst_channel, 1);
  EXPECT_DOUBLE_EQ(report->layers[0].weights->total.noise, 0.25);
}

TEST(Reported, TellsWhatIsFloatInTheIteration) {
  ReportOptions options;
  options.reverted = {"c"};
  const auto report = reported(pointwise().graph(), of_pointwise(), kPixels, first(1), options);
  EXPECT_FALSE(report->layers[0].integer);
  EXPECT_FALSE(report->tensors[0].as_codes) << "the only reader is float";
  EXPECT_EQ(report->layers[0].pairs->saturated, 1) << "what integers would do";
}

TEST(Reported, LooksAtAsManyPositionsAsToldTo) {
  ReportOptions options;
  options.positions = 1;
  const auto report = reported(pointwise().graph(), of_pointwise(), kPixels, first(4), options);
  EXPECT_EQ(report->layers[0].pairs, (PairCounts{8, 1, 8, 1})) << "four samples, each at another of four pixels";
}

TEST(Reported, FindsTheDepthOfAProductInAnyLayout) {
  // A pointwise convolution that changes nothing makes the runtime store [4, 6] channels last; the product runs along
  // the six. In row 2 elements 0 and 1 are bright, and as a trap element 2 of the neighbouring rows 0 and 1.
  SmallNetwork net({1, 4, 6});
  std::vector<float> identity(16, 0.0F);
  for (std::size_t c = 0; c < 4; ++c) identity[c * 5] = 1.0F;
  net.keep("same.weight", tensor({4, 4, 1}, identity));
  const auto same = net.add({"same", "Conv", {"x", "same.weight"}, {}, {}, {}}, {1, 4, 6});
  net.output(net.matmul("product", same, 1));
  net.keep("product.weight", tensor({6, 1}, {127.0F, 127.0F, 0.0F, 0.0F, 0.0F, 0.0F}));
  std::vector<float> values(24, 0.0F);
  for (const std::size_t bright : {12U, 13U, 2U, 8U}) values[bright] = 255.0F;
  Quantization q;
  q.activations = {{same, {1.0F, 0}}};
  q.layers["product"].weights = WeightParams{.axis = 1, .scale = {1.0F}};
  q.groups = {{"product", {"product"}}};
  const auto report = reported(net.graph(), q, Constant({4, 6}, values), first(1), {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->layers[0].pairs, (PairCounts{12, 1, 4, 1}));
  EXPECT_FALSE(report->layers[0].bias_change.has_value());
}

TEST(Reported, CountsAllRowsOfASample) {
  // Tokens folded into the first axis, as a Gemm on sequences has them: [N, 3, 2] becomes [3 N, 2].
  SmallNetwork net({1, 3, 2});
  const std::vector<std::int64_t> shape{-1, 2};
  net.keep("shape", Tensor::of<std::int64_t>({2}, std::span<const std::int64_t>(shape)));
  net.output(net.gemm("fc", net.add({"fold", "Reshape", {"x", "shape"}, {}, {}, {}}, {3, 2}), 2));
  net.keep("fc.weight", tensor({2, 2}, {127.0F, 127.0F, 0.0F, 0.0F}));
  Quantization q;
  q.activations = {{"x", {1.0F, 0}}, {"fold:0", {1.0F, 0}}};
  q.passthrough = {"fold"};
  q.layers["fc"].weights = WeightParams{.axis = 0, .scale = {1.0F, 1.0F}};
  q.groups = {{"fc", {"fc"}}};
  const Constant tokens({3, 2}, {0.0F, 0.0F, 200.0F, 200.0F, 10.0F, 255.0F});
  const auto report = reported(net.graph(), q, tokens, first(5), {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->layers[0].pairs, (PairCounts{5 * 6, 5 * 2, 5 * 6, 5 * 2})) << "400 * 127 and 265 * 127";
  EXPECT_FALSE(report->tensors[0].moved);
  EXPECT_TRUE(report->tensors[1].moved);
  EXPECT_EQ(report->tensors[0].error, report->tensors[1].error);
}

/// Convolutions of all kinds, quantized as calibration has it.
struct Calibrated {
  Graph graph{};
  Quantization quantization{};
};

Calibrated calibrated(const Dataset& data) {
  SmallNetwork net({1, 4, 8, 8});
  const auto stem = net.relu("r1", net.conv("c1", "x", {.channels = 8}));
  const auto depthwise = net.relu("r2", net.conv("c2", stem, {.channels = 8, .group = 8}));
  const auto joined = net.same("add", "Add", {net.conv("c3", depthwise, {.channels = 8, .kernel = 1}), stem});
  net.output(net.gemm("fc", net.flatten("flat", net.global_average_pool("pool", joined)), 3));
  const auto placement = placed(net.graph(), net.types(), {});
  const QuantizerInputs inputs{net.graph(), net.types(), placement};
  const auto statistics = collected(net.graph(), statistics_request(inputs, {}).value(), data, first(8), {});
  return {net.graph(), quantized(inputs, *statistics, {}).value()};
}

TEST(Reported, DoesNotDependOnThreads) {
  const RandomData data({4, 8, 8}, 37);
  const Calibrated network = calibrated(data);
  const auto with = [&](std::size_t threads) {
    ReportOptions options;
    options.pass.threads = threads;
    return reported(network.graph, network.quantization, data, first(37), options).value();
  };
  const auto one = with(1);
  EXPECT_EQ(one.layers.size(), 6U);
  EXPECT_GT(one.tensors[0].error.noise, 0.0);
  for (const std::size_t threads : {2U, 3U, 8U}) {
    const auto many = with(threads);
    EXPECT_EQ(many.tensors, one.tensors) << threads << " threads";
    EXPECT_EQ(many.layers, one.layers) << threads << " threads";
  }
}

TEST(Reported, FindsNoSaturationInWeightsOfHalfTheRange) {
  const RandomData data({4, 8, 8}, 8);
  Calibrated network = calibrated(data);
  for (auto& [name, layer] : network.quantization.layers) {
    if (!layer.weights) continue;
    for (float& scale : layer.weights->scale) scale *= 2.0F;
  }
  const auto report = reported(network.graph, network.quantization, data, first(8), {});
  for (const auto& layer : report->layers) {
    EXPECT_EQ(layer.pairs.value_or(PairCounts{}).saturated, 0) << layer.name;
  }
}

TEST(Reported, PassesOnWhatTheDataSays) {
  const auto wrong = reported(pointwise().graph(), of_pointwise(), RandomData({3, 2, 2}, 4), first(1), {});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().cause, Cause::InvalidInput);
  const auto none = reported(pointwise().graph(), of_pointwise(), kPixels, {}, {});
  ASSERT_FALSE(none.has_value());
  EXPECT_THAT(none.error().message, HasSubstr("no samples"));
}

}  // namespace
}  // namespace quantrail
