#include "image_networks.h"

#include <string>
#include <vector>

#include "graph_maker.h"

namespace quantrail::bench {
namespace {

GraphMaker image_network(const std::string& name, std::uint32_t seed) {
  GraphMaker maker(name, seed);
  maker.input({"image", ElementType::Float32, {-1, 3, 224, 224}, {"N", "", "", ""}});
  return maker;
}

std::string max_pool(GraphMaker& maker, const std::string& name, const std::string& from) {
  return maker.add({name,
                    "MaxPool",
                    {from},
                    {name + ".out"},
                    {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                     {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                     {"strides", std::vector<std::int64_t>{2, 2}}},
                    {}});
}

/// 1x1, 3x3 and 1x1 convolutions around a shortcut, which is a convolution where the shape changes. The branch adds a
/// quarter of variance.
std::string bottleneck(GraphMaker& maker, const std::string& name, const std::string& from, std::int64_t in,
                       std::int64_t width, std::int64_t stride) {
  const std::int64_t out = 4 * width;
  const auto first = maker.relu(name + ".relu1", maker.conv(name + ".conv1", from, {in, width}));
  const auto second = maker.relu(name + ".relu2", maker.conv(name + ".conv2", first, {width, width, 3, stride}));
  const auto branch = maker.conv(name + ".conv3", second, {width, out, 1, 1, 0.5F});
  const auto shortcut =
      in == out && stride == 1 ? from : maker.conv(name + ".downsample", from, {in, out, 1, stride, 1.0F});
  return maker.relu(name + ".relu3",
                    maker.add({name + ".add", "Add", {branch, shortcut}, {name + ".add.out"}, {}, {}}));
}

/// One line of MobileNetV2's table.
struct Stage {
  std::int64_t expansion = 1;
  std::int64_t channels = 1;
  std::int64_t blocks = 1;
  std::int64_t stride = 1;
};

/// Expansion, depthwise convolution and linear projection; a shortcut where the shape stays.
std::string inverted_residual(GraphMaker& maker, const std::string& name, const std::string& from, std::int64_t in,
                              const Stage& stage, std::int64_t stride) {
  const std::int64_t width = in * stage.expansion;
  const auto wide = stage.expansion == 1
                        ? from
                        : maker.relu6(name + ".relu1", maker.conv(name + ".expand", from, {in, width, 1, 1, 1.0F}));
  const auto filtered =
      maker.relu6(name + ".relu2", maker.conv(name + ".depthwise", wide, {width, width, 3, stride, 2.0F, width}));
  const bool shortcut = in == stage.channels && stride == 1;
  const auto narrow = maker.conv(name + ".project", filtered, {width, stage.channels, 1, 1, shortcut ? 0.5F : 2.0F});
  if (!shortcut) return narrow;
  return maker.add({name + ".add", "Add", {from, narrow}, {name + ".add.out"}, {}, {}});
}

}  // namespace

Graph resnet50(std::uint32_t seed) {
  GraphMaker maker = image_network("resnet50", seed);
  std::string at = maker.relu("stem.relu", maker.conv("stem.conv", "image", {3, 64, 7, 2}));
  at = max_pool(maker, "stem.pool", at);
  constexpr std::int64_t kBlocks[] = {3, 4, 6, 3};
  std::int64_t channels = 64;
  for (std::int64_t stage = 0; stage < 4; ++stage) {
    const std::int64_t width = std::int64_t{64} << stage;
    for (std::int64_t block = 0; block < kBlocks[stage]; ++block) {
      const std::string name = "stage" + std::to_string(stage + 1) + "." + std::to_string(block + 1);
      at = bottleneck(maker, name, at, channels, width, block == 0 && stage > 0 ? 2 : 1);
      channels = 4 * width;
    }
  }
  maker.classifier(at, channels, 1000);
  return maker.take();
}

Graph mobilenetv2(std::uint32_t seed) {
  constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  GraphMaker maker = image_network("mobilenetv2", seed);
  std::string at = maker.relu6("stem.relu", maker.conv("stem.conv", "image", {3, 32, 3, 2}));
  std::int64_t channels = 32;
  std::int64_t number = 0;
  for (const Stage& stage : kStages) {
    for (std::int64_t block = 0; block < stage.blocks; ++block) {
      const std::string name = "block" + std::to_string(++number);
      at = inverted_residual(maker, name, at, channels, stage, block == 0 ? stage.stride : 1);
      channels = stage.channels;
    }
  }
  at = maker.relu6("head.relu", maker.conv("head.conv", at, {channels, 1280, 1, 1, 1.0F}));
  maker.classifier(at, 1280, 1000);
  return maker.take();
}

}  // namespace quantrail::bench
