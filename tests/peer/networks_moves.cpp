#include "model/canonical.h"
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

/// The same in a later opset, in its canonical form.
template <class Move>
NamedNetwork of_some_axes(std::string name, Move move) {
  auto made = between_convolutions(std::move(name), move);
  made.build = [build = made.build] {
    auto net = build();
    net.graph().opset = 19;
    net.graph() = canonicalised(net.graph()).value();
    return net;
  };
  return made;
}

std::string resized_to(SmallNetwork& net, const std::string& v, const std::string& mode, const std::string& policy) {
  net.integers("sizes", {8, 7});
  const std::int64_t width = policy == "stretch" ? 8 : 7;
  return moved(net, "Resize", {v, "", "", "sizes"}, {2, 8, 7, width},
               {{"mode", mode},
                {"axes", std::vector<std::int64_t>{-1, 2}},
                {"coordinate_transformation_mode", std::string("asymmetric")},
                {"nearest_mode", std::string("floor")},
                {"keep_aspect_ratio_policy", policy}});
}

std::string cropped_and_resized(SmallNetwork& net, const std::string& v) {
  const std::vector<float> scales{2.0F, 2.0F};
  const std::vector<float> region{0.1F, 0.2F, 0.9F, 0.8F};
  net.keep("scales", Tensor::of<float>({2}, std::span(scales)));
  net.keep("region", Tensor::of<float>({4}, std::span(region)));
  return moved(net, "Resize", {v, "region", "scales"}, {2, 8, 8, 8},
               {{"mode", std::string("linear")},
                {"axes", std::vector<std::int64_t>{2, 3}},
                {"coordinate_transformation_mode", std::string("tf_crop_and_resize")}});
}

std::string padded(SmallNetwork& net, const std::string& v, const std::string& mode) {
  net.integers("pads", {1, 2, 0, 1});
  net.integers("axes", {-1, 2});
  return moved(net, "Pad", {v, "pads", "", "axes"}, {2, 8, 7, 5}, {{"mode", mode}});
}

std::string cropped_and_padded(SmallNetwork& net, const std::string& v) {
  net.integers("sizes", {7, 3});
  return moved(net, "CenterCropPad", {v, "sizes"}, {2, 8, 7, 3}, {{"axes", std::vector<std::int64_t>{2, 3}}});
}

std::string pooled(SmallNetwork& net, const std::string& v, std::int64_t dilation) {
  return moved(net, "AveragePool", {v}, {2, 8, 4 - dilation, 4 - dilation},
               {{"kernel_shape", std::vector<std::int64_t>{2, 2}},
                {"dilations", std::vector<std::int64_t>{dilation, dilation}}});
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

/// Positions of maxima: of floats once the layer before the pool is reverted, where codes would have ties.
SmallNetwork unpooled() {
  SmallNetwork net({2, 3, 16, 16});
  const auto v = net.relu("r1", net.conv("c1", "x", {.channels = 8}));
  const auto pooled = net.max_pool("pool", v);
  net.graph().nodes.back().outputs.emplace_back("at");
  const auto w = net.relu("r", net.conv("c", pooled, {.channels = 8}));
  const std::map<std::string, Attribute> two{{"kernel_shape", std::vector<std::int64_t>{2, 2}},
                                             {"strides", std::vector<std::int64_t>{2, 2}}};
  net.output(net.conv("c2", moved(net, "MaxUnpool", {w, "at"}, net.shape(v), two)));
  return net;
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
      of_some_axes("resize_to_nearest",
                   [](auto& net, const auto& v) { return resized_to(net, v, "nearest", "stretch"); }),
      of_some_axes("resize_to_linear",
                   [](auto& net, const auto& v) { return resized_to(net, v, "linear", "stretch"); }),
      of_some_axes("resize_to_not_larger",
                   [](auto& net, const auto& v) { return resized_to(net, v, "linear", "not_larger"); }),
      of_some_axes("crop_and_resize", cropped_and_resized),
      of_some_axes("pad_with_zeros", [](auto& net, const auto& v) { return padded(net, v, "constant"); }),
      of_some_axes("pad_with_edges", [](auto& net, const auto& v) { return padded(net, v, "edge"); }),
      of_some_axes("center_crop_pad", cropped_and_padded),
      of_some_axes("pool_of_dilation_one", [](auto& net, const auto& v) { return pooled(net, v, 1); }),
      of_some_axes("dilated_pool", [](auto& net, const auto& v) { return pooled(net, v, 2); }),
      {"unpooled", unpooled},
      between_convolutions("softmax", [](auto& net, const auto& v) { return net.same("soft", "Softmax", {v}); }),
  };
}

}  // namespace quantrail::testing
