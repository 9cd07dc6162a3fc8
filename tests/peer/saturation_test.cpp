#include <gmock/gmock.h>

#include <numeric>

#include "export/export.h"
#include "peer/peer.h"
#include "peer/quantized_network.h"
#include "peer/random_data.h"
#include "quantize/spoilt_layers.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::Not;
using testing::Quantized;
using testing::RandomData;
using testing::SmallNetwork;

constexpr std::int64_t kBatch = 8;

/// A convolution and two products whose weights are uniform, so that large ones are neighbours; and a depthwise
/// convolution, which has no neighbours.
SmallNetwork network() {
  SmallNetwork net({kBatch, 8, 6, 6});
  auto v = net.relu("r0", net.conv("depthwise", "x", {.channels = 8, .group = 8}));
  v = net.relu("r1", net.conv("conv", v, {.channels = 32}));
  v = net.add({"flat", "Flatten", {v}, {}, {}, {}}, {kBatch, 32 * 36});
  v = net.relu("r2", net.gemm("hidden", v, 64));
  net.output(net.gemm("scores", v, 10));
  return net;
}

/// |a - b|^2 / |b|^2.
double apart(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0.0;
  double all = 0.0;
  for (std::size_t at = 0; at < b.size(); ++at) {
    difference += (a[at] - b[at]) * (a[at] - b[at]);
    all += b[at] * b[at];
  }
  return difference / all;
}

/// What saturation makes of the exported network.
Result<double> spoilt(const Quantized& net) {
  const auto model = exported(net.graph, net.q, {}, RevertMode::Full, {});
  if (!model) return failed(model);
  const auto peer = testing::run_in_peer(model->bytes, net.input);
  if (!peer) return failed(peer);
  return apart(peer->plain, peer->deployed);
}

TEST(Saturation, IsRuledOutInOnnxRuntimeAsAnybodyUsesIt) {
  static const std::string kMissing = testing::missing_peer();
  if (!kMissing.empty()) GTEST_SKIP() << kMissing;
  const SmallNetwork net = network();
  QuantizationParams params;
  params.saturation_fix = "first_layer";
  const Quantized plain = testing::quantized_network(net, params);
  const RandomData data({8, 6, 6}, 16);
  std::vector<std::size_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  const auto layers = spoilt_layers(net.graph(), plain.q, data, samples, {});
  ASSERT_TRUE(layers) << layers.error().message;
  EXPECT_THAT(*layers, Contains("hidden"));
  EXPECT_THAT(*layers, Not(Contains("depthwise")));

  const auto before = spoilt(plain);
  ASSERT_TRUE(before) << before.error().message;
  const auto after = spoilt(testing::quantized_network(net, params, *layers));
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_LT(*after, 1e-4);
  if (*before < 1e-6) GTEST_SKIP() << "this processor adds products exactly";
  EXPECT_GT(*before, 1e-4) << "layers were looked for in vain";
}

}  // namespace
}  // namespace quantrail
