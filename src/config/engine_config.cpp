#include <algorithm>

#include "base/text.h"
#include "config/parse.h"
#include "config/paths.h"

namespace quantrail {
namespace {

constexpr std::int64_t kLargestSide = 65535;
constexpr Limits<std::int64_t> kSide{1, kLargestSide};
constexpr Limits<std::int64_t> kFromZero{0};
constexpr Limits<double> kPositive{.least = 0.0, .least_excluded = true};

Interpolation parse_interpolation(const Section& resize) {
  const std::string name = resize.choice("interpolation", "bilinear", {"nearest", "bilinear", "bicubic"});
  if (name == "nearest") return Interpolation::Nearest;
  return name == "bicubic" ? Interpolation::Bicubic : Interpolation::Bilinear;
}

void parse_letterbox(const Section& resize, const std::string& mode, Preprocess& out) {
  for (const auto* key : {"align", "pad_value"}) {
    if (resize.has(key) && mode != "letterbox")
      resize.report(key, fmt::format("only for mode letterbox, this is {}", mode));
  }
  const bool centred = resize.choice("align", "top_left", {"top_left", "center"}) == "center";
  out.align = centred ? Alignment::Center : Alignment::TopLeft;
  out.pad_value = resize.integer("pad_value", out.pad_value, {0, 255});
}

void parse_resize(const Section& resize, Preprocess& out) {
  const bool sides_given = resize.has("width") || resize.has("height");
  const std::string mode =
      resize.choice("mode", sides_given ? "exact" : "short_side", {"short_side", "exact", "letterbox"});
  out.interpolation = parse_interpolation(resize);
  out.antialias = resize.flag("antialias", true);
  const auto size = resize.optional_integer("size", kSide);
  const auto width = resize.optional_integer("width", kSide);
  const auto height = resize.optional_integer("height", kSide);
  if (mode == "short_side") {
    out.resize = Preprocess::ResizeMode::ShortSide;
    out.width = size.value_or(0);
    if (sides_given) resize.report("mode", "short_side takes \"size\", not \"width\" and \"height\"");
    if (!size) resize.report("size", "missing: the length of the short side in pixels");
  } else {
    out.resize = mode == "exact" ? Preprocess::ResizeMode::Exact : Preprocess::ResizeMode::Letterbox;
    out.width = width.value_or(size.value_or(0));
    out.height = height.value_or(size.value_or(0));
    if (size && sides_given) resize.report("size", "give either \"size\" or \"width\" and \"height\"");
    if (out.width == 0) resize.report("width", "missing: the target size in pixels");
    if (out.height == 0) resize.report("height", "missing: the target size in pixels");
  }
  parse_letterbox(resize, mode, out);
}

void parse_crop(const Section& preprocess, Preprocess& out) {
  if (preprocess.value("crop")->as<Json::Object>() == nullptr) {
    out.crop_width = out.crop_height = preprocess.integer("crop", 0, kSide);
    return;
  }
  const Section crop = preprocess.child("crop");
  out.crop_width = crop.integer("width", 0, kSide);
  out.crop_height = crop.integer("height", 0, kSide);
  if (out.crop_width == 0) crop.report("width", "missing: the crop's size in pixels");
  if (out.crop_height == 0) crop.report("height", "missing: the crop's size in pixels");
}

void check_channels(const Section& preprocess, std::string_view key, const std::vector<double>& values, bool grey) {
  if (values.size() <= 1 || (values.size() == 3 && !grey)) return;
  preprocess.report(key, fmt::format("found {} numbers, {}", values.size(),
                                     grey ? "channel_order GRAY needs one" : "1 or 3 are needed"));
}

Rounding parse_rounding(const Section& preprocess) {
  const std::string name = preprocess.choice("rounding", "nearest", {"nearest", "torchvision", "down"});
  if (name == "down") return Rounding::Down;
  return name == "torchvision" ? Rounding::Torchvision : Rounding::Nearest;
}

Preprocess parse_preprocess(const Section& section) {
  Preprocess out;
  if (section.has("resize")) {
    if (section.value("resize")->as<Json::Object>() == nullptr) {
      out.resize = Preprocess::ResizeMode::ShortSide;
      out.width = section.integer("resize", 0, kSide);
    } else {
      parse_resize(section.child("resize"), out);
    }
  }
  if (section.has("crop")) parse_crop(section, out);
  out.rounding = parse_rounding(section);
  out.channel_order = section.choice("channel_order", out.channel_order, {"RGB", "BGR", "GRAY"});
  out.divide_by = section.number("divide_by", out.divide_by, kPositive);
  out.mean = section.numbers("mean", {});
  out.std = section.numbers("std", kPositive);
  const bool grey = out.channel_order == "GRAY";
  check_channels(section, "mean", out.mean, grey);
  check_channels(section, "std", out.std, grey);
  out.layout = section.choice("layout", out.layout, {"NCHW", "NHWC"});
  return out;
}

DataSpec parse_data(const Section& data, const std::filesystem::path& folder) {
  DataSpec out;
  out.type = data.choice("type", "", data_type_names());
  if (!data.has("type")) data.report("type", fmt::format("missing, allowed are {}", joined(data_type_names(), ", ")));
  out.path = parse_path(data, "path", folder);
  out.labels = parse_path(data, "labels", folder);
  out.labels_array = data.text("labels_array", "");
  out.samples_array = data.text("samples_array", "");
  out.root = parse_path(data, "root", folder);
  out.classes = parse_path(data, "classes", folder);
  out.layout = data.choice("layout", "", {"", "NHWC", "NCHW"});
  out.targets = parse_path(data, "targets", folder);
  out.targets_array = data.text("targets_array", "");
  if (const Json* arrays = data.value("arrays")) {
    const auto* object = arrays->as<Json::Object>();
    if (object == nullptr) data.report_wrong_type("arrays", "an object of paths by network input");
    for (const auto& member : object == nullptr ? Json::Object{} : *object) {
      const auto* text = member.value.as<std::string>();
      const auto path = resolved_path(text == nullptr ? "" : *text, folder);
      if (!path)
        data.report("arrays." + printable(member.key), path.error().message);
      else
        out.arrays[member.key] = *path;
    }
  }
  return out;
}

/// Which keys suit the type of data, so that none is silently without effect.
void check_data(const Section& data, const DataSpec& spec) {
  const auto only_for = [&](std::string_view key, bool suits, std::string_view types) {
    if (data.has(key) && !suits)
      data.report(key, fmt::format("only for data of type {}, this is {}", types, spec.type));
  };
  const bool npy = spec.type == "npy", npz = spec.type == "npz", idx = spec.type == "idx";
  only_for("arrays", npy, "npy");
  only_for("labels", npy || npz || idx, "npy, npz and idx");
  only_for("labels_array", npz, "npz");
  only_for("samples_array", npz, "npz");
  only_for("targets", npy || npz || idx || spec.type == "image_list", "npy, npz, idx and image_list");
  only_for("targets_array", npz, "npz");
  only_for("root", spec.type == "image_list" || spec.type == "coco", "image_list and coco");
  only_for("classes", spec.type == "image_list" || spec.type == "image_folder", "image_list and image_folder");
  only_for("layout", npy || npz || idx, "npy, npz and idx");
  if (data.has("labels") && data.has("labels_array")) {
    data.report("labels", "give either \"labels\" (a file) or \"labels_array\" (an array of the archive)");
  }
  if (data.has("targets") && data.has("targets_array")) {
    data.report("targets", "give either \"targets\" (a file) or \"targets_array\" (an array of the archive)");
  }
  if (npy && data.has("path") == data.has("arrays")) {
    data.report("path", "give either \"path\" (one input) or \"arrays\" (a file per network input)");
  }
  if (!npy && !spec.type.empty() && !data.has("path")) data.report("path", "missing: where the samples are");
}

DataConfig parse_side(const Section& side, const Section& engine, const std::filesystem::path& folder) {
  DataConfig out;
  if (!side.has("data")) side.report("data", "missing: the samples of this side");
  const Section data = side.child("data");
  out.data = parse_data(data, folder);
  if (side.has("data")) check_data(data, out.data);
  out.data.limit = side.integer("limit", 0, kFromZero);
  const Section& holder = side.has("preprocess") ? side : engine;
  if (!holder.has("preprocess")) return out;
  const Preprocess preprocess = parse_preprocess(holder.child("preprocess"));
  if (out.data.treats_images()) {
    out.preprocess = preprocess;
  } else {
    side.findings().note(fmt::format("{} has no effect on {}: arrays without \"layout\" are taken as stored.",
                                     holder.path_of("preprocess"), side.path_of("data")));
  }
  return out;
}

bool are_same_files(const DataSpec& a, const DataSpec& b) {
  return a.path == b.path && a.arrays == b.arrays && a.samples_array == b.samples_array;
}

}  // namespace

const std::vector<std::string>& data_type_names() {
  static const std::vector<std::string> names{"image_list", "image_folder", "coco", "cifar10",
                                              "npy",        "npz",          "idx",  "test_data_set"};
  return names;
}

std::filesystem::path parse_path(const Section& section, std::string_view key, const std::filesystem::path& folder) {
  if (!section.has(key)) return {};
  const std::string text = section.text(key, "");
  if (section.value(key)->as<std::string>() == nullptr) return {};
  const auto path = resolved_path(text, folder);
  if (path) return *path;
  section.report(key, path.error().message);
  return {};
}

EngineConfig parse_engine(const Section& engine, const std::filesystem::path& folder) {
  EngineConfig out;
  if (engine.has("calibration")) out.calibration = parse_side(engine.child("calibration"), engine, folder);
  if (engine.has("validation")) out.validation = parse_side(engine.child("validation"), engine, folder);
  if (out.calibration && out.validation && are_same_files(out.calibration->data, out.validation->data)) {
    engine.findings().note(
        "engine.calibration and engine.validation read the same files: a network quantized for the samples that it is "
        "measured on looks better than it is.");
  }
  out.metrics = parse_metrics(engine, folder);
  if (out.metrics.empty() && out.validation) {
    out.metrics.push_back({});
    out.metrics.front().name = default_name(out.metrics.front());
    engine.findings().note("engine.metrics is not given: accuracy@top1 is measured.");
  }
  out.threads = engine.integer("threads", out.threads, {0, 4096});
  out.memory_budget_mb = engine.integer("memory_budget_mb", out.memory_budget_mb, {16, 1 << 24});
  return out;
}

}  // namespace quantrail
