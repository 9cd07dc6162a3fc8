#include "app/guess_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/output_shapes.h"
#include "base/text.h"
#include "data/image_source.h"
#include "data/npy.h"
#include "data/open.h"
#include "model/told_sizes.h"

namespace quantrail::app {
namespace {

constexpr std::int64_t kPhotograph = 160;  // networks for smaller images mostly see them as they are

std::string described(const ValueInfo& value) {
  std::vector<std::string> sizes;
  for (const auto size : value.shape) sizes.push_back(size < 0 ? "?" : std::to_string(size));
  return fmt::format("{} {} [{}]", printable(value.name), name_of(value.type), joined(sizes, ", "));
}

bool has_operator(const Graph& graph, std::initializer_list<std::string_view> names) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [&](const Node& node) { return std::find(names.begin(), names.end(), node.op) != names.end(); });
}

/// Attention: a product of two computed values behind a Softmax.
bool has_attention(const Graph& graph) {
  const GraphIndex index(graph);
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    if (node.op != "MatMul" || constant_input(graph, node, 1)) return false;
    const auto producer = index.producer(node.inputs[0]);
    return producer && graph.nodes[*producer].op == "Softmax";
  });
}

/// x * sigmoid(x), or one of its relatives as a single operator: values that are negative for a small part.
bool has_gates(const Graph& graph) {
  if (has_operator(graph, {"HardSwish", "Swish", "Mish", "Gelu"})) return true;
  const GraphIndex index(graph);
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    if (node.op != "Sigmoid" && node.op != "HardSigmoid") return false;
    const auto& readers = index.readers(node.outputs[0]);
    return std::any_of(readers.begin(), readers.end(), [&](std::size_t at) {
      const Node& reader = graph.nodes[at];
      return reader.op == "Mul" &&
             std::find(reader.inputs.begin(), reader.inputs.end(), node.inputs[0]) != reader.inputs.end();
    });
  });
}

/// Height, width (-1: open) and channels of an input that is an image.
struct ImageInput {
  std::int64_t height = 0, width = 0, channels = 0;
  std::string layout{};
};

std::optional<ImageInput> image_input(const Graph& graph) {
  if (graph.inputs.size() != 1 || graph.inputs[0].shape.size() != 4) return std::nullopt;
  const Shape shape = told_sizes(graph).at(graph.inputs[0].name);
  const auto channels = [](std::int64_t size) { return size == 1 || size == 3; };
  if (channels(shape[1])) return ImageInput{shape[2], shape[3], shape[1], "NCHW"};
  if (channels(shape[3])) return ImageInput{shape[1], shape[2], shape[3], "NHWC"};
  return std::nullopt;
}

/// Whether arrays or batches hold images of just this size.
bool sized_already(const DataSpec& data, const ImageInput& input) {
  if (data.type == "cifar10") return input.height == 32 && input.width == 32;
  if (data.type != "npy") return false;
  const auto array = open_npy(data.path);
  if (!array || array->shape.size() < 3) return false;
  const std::size_t rows = data.layout == "NCHW" ? 2 : 1;
  return array->shape[rows] == input.height && array->shape[rows + 1] == input.width;
}

void guess_sizes(Guessed& out, const ImageInput& input, bool boxes) {
  Preprocess& p = out.preprocess;
  p.width = input.width;
  p.height = input.height;
  if (boxes) {
    p.resize = Preprocess::ResizeMode::Letterbox;
    p.rounding = Rounding::Down;
    out.left.emplace_back(
        "preprocess: letterbox is how YOLO fits photographs, YOLOX at the top left, Ultralytics in the middle; other "
        "detectors stretch them");
  } else if (input.height == input.width && input.height >= kPhotograph) {
    p.resize = Preprocess::ResizeMode::ShortSide;
    p.width = std::llround(static_cast<double>(input.height) * 256.0 / 224.0);
    p.crop_width = p.crop_height = input.height;
    p.rounding = Rounding::Torchvision;
  } else {
    p.resize = Preprocess::ResizeMode::Exact;
  }
}

void guess_preprocess(Guessed& out, const Graph& graph, bool boxes) {
  const auto input = image_input(graph);
  if (!input) return;
  const DataSpec* data = out.validation ? &*out.validation : out.calibration ? &*out.calibration : nullptr;
  out.images = data == nullptr || data->treats_images();
  if (!out.images) return;
  Preprocess& p = out.preprocess;
  p.layout = input->layout;
  p.channel_order = input->channels == 1 ? "GRAY" : "RGB";
  if (input->height < 1 || input->width < 1) {
    out.left.emplace_back(
        "preprocess.resize: the model leaves the image's height and width open; without it all images must have one "
        "size");
  } else if (data == nullptr || !sized_already(*data, *input)) {
    guess_sizes(out, *input, boxes);
  }
  if (graph.inputs[0].type == ElementType::Uint8) {
    out.left.emplace_back("preprocess: channel_order as in training; the model takes codes, and scales them itself");
    return;
  }
  const bool photographs = !boxes && p.resize == Preprocess::ResizeMode::ShortSide && input->channels == 3;
  p.divide_by = 255;
  if (photographs) {
    p.mean = {0.485, 0.456, 0.406};
    p.std = {0.229, 0.224, 0.225};
  }
  out.left.push_back(
      fmt::format("preprocess: channel_order, divide_by, mean and std as in training; {}, which no model says",
                  photographs ? "written are ImageNet's" : "written is 0 to 1"));
}

/// What there is of labels, found out by opening the data as a run would.
struct Labels {
  bool any = false;
  std::string problem{};             ///< why they cannot be used as they are
  std::vector<std::string> notes{};  ///< how they were told
  std::int64_t most = -1;            ///< the largest class; -1: not known
};

Labels labels_in(const Dataset& data) {
  Labels found;
  for (std::size_t sample = 0; sample < data.size(); ++sample) {
    const auto truth = data.truth(sample);
    if (!truth || !truth->label) continue;
    found.any = true;
    found.most = std::max(found.most, *truth->label);
  }
  return found;
}

/// `classes`: how many the network may have scores for; 0: not known.
Labels labels_of(const DataSpec& spec, const Guessed& guessed, const Graph& graph, std::int64_t classes) {
  const bool arrays = spec.holds_arrays();
  if (arrays && spec.labels.empty() && spec.labels_array.empty()) return {};
  OpenOptions options;
  options.labels_required = true;
  options.classes = classes;
  const DataConfig config{spec, guessed.preprocess};
  const auto data = open_dataset(config, graph.inputs, options);
  if (data) {
    Labels found = labels_in(**data);
    found.notes = (*data)->notes();
    return found;
  }
  options.labels_required = false;
  const auto without = open_dataset(config, graph.inputs, options);
  Labels found = without ? labels_in(**without) : Labels{};
  // What is wrong besides labels is wrong without them too.
  found.any = found.any || arrays || (!without && without.error() == data.error()) || lists_labels(spec);
  if (found.any) found.problem = data.error().message;
  if (!found.any && !without) found.problem = without.error().message;
  return found;
}

std::int64_t elements(const Shape& shape) {
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  return count;
}

/// By an output's shape: there are more boxes than columns, and YOLOv5 has three for each of YOLOX's cells.
std::string guessed_decoding(const Shape& output, const std::optional<ImageInput>& input) {
  if (output.size() != 2) return "yolox";
  if (output[1] == 6) return "boxes";
  if (output[0] > 4 && output[0] < output[1]) return "yolov8";
  std::int64_t cells = 0;
  for (const std::int64_t stride : MetricSpec{}.strides) {
    if (input) cells += (input->height / stride) * (input->width / stride);
  }
  return output[0] == 3 * cells ? "yolov5" : "yolox";
}

/// As its training reads images: BGR, values as they are.
void preprocess_as_yolox(Guessed& out) {
  out.preprocess.channel_order = "BGR";
  out.preprocess.divide_by = 1;
  std::erase_if(out.left, [](const std::string& what) { return what.starts_with("preprocess: channel_order"); });
  out.left.emplace_back(
      "preprocess: written is YOLOX's: BGR, 0 to 255; its releases before 0.1.1 have RGB with mean and std");
}

void guess_boxes(Guessed& out, const Graph& graph, const Shape& output) {
  out.metric = MetricSpec{.type = "map", .decode = guessed_decoding(output, image_input(graph))};
  const std::string& decode = out.metric->decode;
  if (decode == "boxes") {
    out.left.emplace_back("metrics: rows are taken for left, top, right, bottom, score, class");
  } else if (decode == "yolox") {
    out.left.emplace_back("metrics: rows are taken for YOLOX's cells of the grids that \"strides\" names");
    if (out.images && graph.inputs[0].type != ElementType::Uint8) preprocess_as_yolox(out);
  } else {
    out.preprocess.align = Alignment::Center;
    out.left.push_back(fmt::format("metrics: boxes are taken for {}'s", decode == "yolov5" ? "YOLOv5" : "YOLOv8"));
  }
}

void guess_targets(Guessed& out, const Shape& output) {
  const auto array = open_npy(out.validation->targets);
  const bool classes = array && array->kind != 'f' && output.size() == 3 && output[0] > 1;
  out.metric = MetricSpec{.type = classes ? "miou" : "rmse"};
  if (classes) {
    out.left.emplace_back("metrics: \"ignore\", if some value of the targets means no class (255)");
  } else {
    out.relative = true;
  }
}

void guess_classes(Guessed& out, const Graph& graph, const Shape& output) {
  out.metric = MetricSpec{.type = "accuracy"};
  if (elements(output) != 1) return;
  const bool probability = !graph.nodes.empty() && graph.nodes.back().op == "Sigmoid";
  out.metric->threshold = probability ? 0.5 : 0.0;
  out.left.push_back(fmt::format("metrics: the output is one score; above {} means class 1", *out.metric->threshold));
}

/// Against the float model: classes where there are some, or integers, which name them; else the distance, also of
/// images made from images.
void guess_fidelity(Guessed& out, const Graph& graph, const Shape& output) {
  const auto input = image_input(graph);
  const bool named = !graph.outputs.empty() && !is_float(graph.outputs.front().type);
  const bool image = input && output.size() == 3 && output[0] <= 4 && output[0] == input->channels;
  const bool scores = output.size() == 1 && output[0] > 1;
  const bool pixels = output.size() == 3 && output[0] > 1 && output[1] > 1 && output[2] > 1 && output[0] <= 256;
  out.metric = MetricSpec{.type = named || (!image && (scores || pixels)) ? "agreement" : "nmse"};
}

/// Whether an output of this shape may hold scores of classes up to `most`.
bool scores_classes(const Shape& output, std::int64_t most) {
  if (output.size() > 2 || (output.size() == 2 && elements(output) != output.back())) return false;
  const std::int64_t classes = elements(output);
  return classes == 1 ? most <= 1 : classes < 0 || most < classes;
}

/// For how many classes an output of this shape has scores; 0: not known. One score stands for two.
std::int64_t class_number(const Shape& output) {
  const std::int64_t scores = output.empty() ? 0 : std::max<std::int64_t>(elements(output), 0);
  return scores == 1 ? 2 : scores;
}

/// The first output that may hold scores of classes up to `most`; -1: none.
std::int64_t scores_output(const std::vector<Shape>& outputs, std::int64_t most) {
  const auto fits = [&](const Shape& output) { return scores_classes(output, most); };
  const auto found = std::find_if(outputs.begin(), outputs.end(), fits);
  return found == outputs.end() ? -1 : found - outputs.begin();
}

/// By labels, or against the float model; returns why.
std::string guess_by_labels(Guessed& out, const Graph& graph, const std::vector<Shape>& outputs) {
  const std::int64_t scored = scores_output(outputs, -1);
  const Labels labels =
      labels_of(*out.validation, out, graph, scored < 0 ? 0 : class_number(outputs[static_cast<std::size_t>(scored)]));
  for (const auto& note : labels.notes) out.left.push_back("validation: " + note);
  if (!labels.problem.empty()) out.left.push_back("validation: " + printable(labels.problem));
  std::int64_t output = labels.any ? scores_output(outputs, labels.most) : -1;
  if (labels.any && output < 0) output = scored;
  if (output >= 0 && !scores_classes(outputs[static_cast<std::size_t>(output)], labels.most)) {
    out.left.push_back(
        fmt::format("validation: there are classes up to {}, for which no output has scores", labels.most));
  }
  if (output >= 0) {
    guess_classes(out, graph, outputs[static_cast<std::size_t>(output)]);
    out.metric->output = output;
    return labels.problem.empty() ? "a label for each sample" : "there are labels";
  }
  guess_fidelity(out, graph, outputs.empty() ? Shape{} : outputs.front());
  return labels.any ? "no output has scores of classes: measured against the float model"
                    : "no labels: measured against the float model";
}

void guess_metric(Guessed& out, const Graph& graph) {
  if (!out.validation) return;
  const auto outputs = output_shapes(graph);
  const Shape first = outputs.empty() ? Shape{} : outputs.front();
  std::string from = "targets";
  if (out.validation->type == "coco") {
    guess_boxes(out, graph, first);
    from = "COCO annotations";
  } else if (!out.validation->targets.empty()) {
    guess_targets(out, first);
  } else {
    from = guess_by_labels(out, graph, outputs);
  }
  out.told.push_back(fmt::format("metric {}: {}", out.metric->type, from));
  if (graph.outputs.size() > 1) {
    out.left.push_back(
        fmt::format("metrics: the model has {} outputs, number {} is measured; \"output\" chooses another",
                    graph.outputs.size(), out.metric->output));
  }
}

void guess_settings(Guessed& out, const Graph& graph) {
  out.transformer = has_attention(graph);
  if (out.transformer) out.told.emplace_back("model_type transformer: there is attention");
  if (!out.transformer && has_gates(graph)) {
    out.preset = "mixed";
    out.told.emplace_back("preset mixed: there are SiLU, hard-swish or the like, whose values are seldom negative");
  }
}

void tell_data(Guessed& out, const char* side, const std::optional<DataSpec>& data) {
  if (!data) return;
  std::string what = data->type;
  if (!data->layout.empty()) what += ", uint8 images in " + data->layout;
  if (!data->samples_array.empty()) what += ", samples in " + data->samples_array;
  if (!data->labels.empty()) what += ", labels in " + data->labels.filename().string();
  if (!data->labels_array.empty()) what += ", labels in " + data->labels_array;
  if (!data->targets.empty()) what += ", targets in " + data->targets.filename().string();
  out.told.push_back(fmt::format("{}: {}", side, printable(what)));
}

}  // namespace

Guessed guessed_config(const Graph& graph, std::optional<DataSpec> calibration, std::optional<DataSpec> validation) {
  Guessed out;
  for (const auto& input : graph.inputs) out.inputs.push_back(described(input));
  for (const auto& output : graph.outputs) out.outputs.push_back(described(output));
  out.calibration = std::move(calibration);
  out.validation = std::move(validation);
  if (!out.calibration) out.left.emplace_back("calibration: a few hundred samples as in use, without labels");
  tell_data(out, "calibration", out.calibration);
  tell_data(out, "validation", out.validation);
  guess_preprocess(out, graph, out.validation && out.validation->type == "coco");
  guess_metric(out, graph);
  guess_settings(out, graph);
  return out;
}

}  // namespace quantrail::app
