#include "peer/networks.h"

namespace quantrail::testing {
namespace {

std::string moved(SmallNetwork& net, const std::string& op, std::vector<std::string> in, Shape result,
                  std::map<std::string, Attribute> attributes = {}) {
  return net.add({op, op, std::move(in), {}, std::move(attributes), {}}, std::move(result));
}

/// A convolution with eight channels, then what `move` makes of its [2,8,4,4], then another convolution.
template <class Move>
NamedNetwork between_convolutions(std::string name, Move move) {
  return {std::move(name), [move] {
            SmallNetwork net({2, 3, 4, 4});
            const auto v = net.relu("r1", net.conv("c1", "x", {.channels = 8}));
            net.output(net.conv("c2", net.relu("r", net.conv("c", move(net, v)))));
            return net;
          }};
}

std::string split_and_joined(SmallNetwork& net, const std::string& v) {
  const auto parts = net.split("split", v, 2);
  return net.concat("cat", {net.relu("ra", net.conv("a", parts[0])), net.relu("rb", net.conv("b", parts[1]))});
}

std::string split_for_a_float_reader(SmallNetwork& net, const std::string& v) {
  const auto parts = net.split("split", v, 2);
  return net.concat("cat", {net.same("swish", "HardSigmoid", {parts[0]}), net.conv("b", parts[1])});
}

/// As ShuffleNet mixes the channels of its groups.
std::string shuffled(SmallNetwork& net, const std::string& v) {
  net.integers("grouped", {-1, 2, 4, 16});
  net.integers("flat", {-1, 8, 4, 4});
  auto w = net.add({"group", "Reshape", {v, "grouped"}, {}, {}, {}}, {2, 2, 4, 16});
  w = moved(net, "Transpose", {w}, {2, 4, 2, 16}, {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
  return net.add({"ungroup", "Reshape", {w, "flat"}, {}, {}, {}}, {2, 8, 4, 4});
}

std::string resized(SmallNetwork& net, const std::string& v, const std::string& transform, const std::string& nearest) {
  const std::vector<float> scales{1.0F, 1.0F, 2.0F, 1.5F};
  net.keep("scales", Tensor::of<float>({4}, std::span(scales)));
  return moved(
      net, "Resize", {v, "", "scales"}, {2, 8, 8, 6},
      {{"mode", std::string("nearest")}, {"coordinate_transformation_mode", transform}, {"nearest_mode", nearest}});
}

std::string tiled(SmallNetwork& net, const std::string& v) {
  net.integers("repeats", {1, 2, 1, 2});
  return moved(net, "Tile", {v, "repeats"}, {2, 16, 4, 8});
}

std::string gathered(SmallNetwork& net, const std::string& v) {
  net.integers("indices", {7, 0, 3, -1, 3});
  return moved(net, "Gather", {v, "indices"}, {2, 5, 4, 4}, {{"axis", std::int64_t{1}}});
}

std::string expanded(SmallNetwork& net, const std::string& v) {
  net.integers("shape", {1, 8, 5, 3});
  return moved(net, "Expand", {net.global_average_pool("gap", v), "shape"}, {2, 8, 5, 3});
}

std::string sliced(SmallNetwork& net, const std::string& v) {
  net.integers("starts", {1});
  net.integers("ends", {7});
  net.integers("axes", {1});
  return moved(net, "Slice", {v, "starts", "ends", "axes"}, {2, 6, 4, 4});
}

/// A pool that makes more of its input cannot move codes as ONNX Runtime would, and a transposed convolution is float.
std::string grown_before_a_float_layer(SmallNetwork& net, const std::string& v) {
  const auto grown = moved(net, "MaxPool", {v}, {2, 8, 5, 5},
                           {{"kernel_shape", std::vector<std::int64_t>{2, 2}},
                            {"strides", std::vector<std::int64_t>{1, 1}},
                            {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
  return net.conv("up", grown, {.kernel = 1, .transposed = true});
}

std::string one_channel_before_a_float_layer(SmallNetwork& net, const std::string& v) {
  return net.conv("up", net.relu("r0", net.conv("one", v, {.channels = 1})), {.kernel = 1, .transposed = true});
}

}  // namespace

std::vector<NamedNetwork> networks_of_moves() {
  const std::map<std::string, Attribute> two{{"blocksize", std::int64_t{2}}};
  return {
      between_convolutions("split_and_joined", split_and_joined),
      between_convolutions("split_for_a_float_reader", split_for_a_float_reader),
      between_convolutions("channel_shuffle", shuffled),
      between_convolutions("resize_floor",
                           [](auto& net, const auto& v) { return resized(net, v, "asymmetric", "floor"); }),
      between_convolutions(
          "resize_half_pixel",
          [](auto& net, const auto& v) { return resized(net, v, "half_pixel", "round_prefer_floor"); }),
      between_convolutions("resize_of_a_float",
                           [](auto& net, const auto& v) {
                             return resized(net, net.same("swish", "HardSigmoid", {v}), "asymmetric", "floor");
                           }),
      between_convolutions("depth_to_space",
                           [two](auto& net, const auto& v) {
                             return moved(net, "DepthToSpace", {v}, {2, 2, 8, 8}, two);
                           }),
      between_convolutions("space_to_depth",
                           [two](auto& net, const auto& v) {
                             return moved(net, "SpaceToDepth", {v}, {2, 32, 2, 2}, two);
                           }),
      between_convolutions("tile", tiled),
      between_convolutions("gather", gathered),
      between_convolutions("expand", expanded),
      between_convolutions("slice", sliced),
      between_convolutions("grown_before_a_float_layer", grown_before_a_float_layer),
      between_convolutions("one_channel_before_a_float_layer", one_channel_before_a_float_layer),
      between_convolutions("softmax", [](auto& net, const auto& v) { return net.same("soft", "Softmax", {v}); }),
  };
}

}  // namespace quantrail::testing
