#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "app/guess_config.h"
#include "base/text.h"
#include "config/paths.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Relative to the configuration's folder where it lies below it.
std::string path_text(const fs::path& path, const fs::path& folder) {
  const fs::path near = path.lexically_relative(folder);
  const bool below = !near.empty() && *near.begin() != "..";
  return quoted(escaped((below ? near : path).string()));
}

std::string data_text(const DataSpec& data, const fs::path& folder) {
  std::vector<std::string> members{"\"type\": " + quoted(data.type)};
  const auto path = [&](const char* key, const fs::path& value) {
    if (!value.empty()) members.push_back(fmt::format("\"{}\": {}", key, path_text(value, folder)));
  };
  path("path", data.path);
  path("root", data.root);
  std::vector<std::string> arrays;
  for (const auto& [input, file] : data.arrays) arrays.push_back(quoted(input) + ": " + path_text(file, folder));
  if (!arrays.empty()) members.push_back("\"arrays\": { " + joined(arrays, ", ") + " }");
  path("labels", data.labels);
  if (!data.labels_array.empty()) members.push_back("\"labels_array\": " + quoted(data.labels_array));
  if (!data.samples_array.empty()) members.push_back("\"samples_array\": " + quoted(data.samples_array));
  path("targets", data.targets);
  if (!data.layout.empty()) members.push_back("\"layout\": " + quoted(data.layout));
  return "{ " + joined(members, ", ") + " }";
}

std::string side_text(const char* side, const DataSpec& data, const fs::path& folder) {
  return fmt::format("    \"{}\": {{ \"data\": {} }},\n", side, data_text(data, folder));
}

std::string resize_text(const Preprocess& p) {
  using Mode = Preprocess::ResizeMode;
  std::string text;
  if (p.resize == Mode::ShortSide) text = fmt::format("{{ \"mode\": \"short_side\", \"size\": {} }}", p.width);
  if (p.resize == Mode::Exact || p.resize == Mode::Letterbox) {
    text = fmt::format("{{ \"mode\": \"{}\", \"width\": {}, \"height\": {}{} }}",
                       p.resize == Mode::Exact ? "exact" : "letterbox", p.width, p.height,
                       p.align == Alignment::Center ? ", \"align\": \"center\"" : "");
  }
  if (text.empty()) return "";
  text = "      \"resize\": " + text + ",\n";
  if (p.crop_width > 0)
    text += fmt::format("      \"crop\": {{ \"width\": {}, \"height\": {} }},\n", p.crop_width, p.crop_height);
  if (p.rounding == Rounding::Torchvision)
    text += "      \"rounding\": \"torchvision\", // as its Resize and CenterCrop\n";
  if (p.rounding == Rounding::Down) text += "      \"rounding\": \"down\",\n";
  return text;
}

std::string preprocess_text(const Preprocess& p) {
  std::string text =
      "    // CHECK: as in training, or accuracy is lost before anything is quantized.\n    \"preprocess\": {\n";
  text += resize_text(p);
  text += fmt::format("      \"channel_order\": \"{}\",{}\n", p.channel_order,
                      p.channel_order == "RGB" ? " // or BGR, as OpenCV has it" : "");
  if (p.divide_by != 1) text += fmt::format("      \"divide_by\": {}, // then - mean, / std\n", p.divide_by);
  if (p.mean.empty() && p.divide_by != 1) {
    text +=
        "      // \"mean\": [0.485, 0.456, 0.406], \"std\": [0.229, 0.224, 0.225],   as ImageNet's networks have "
        "them\n";
  } else if (!p.mean.empty()) {
    text +=
        fmt::format("      \"mean\": [{}],\n      \"std\": [{}],\n", fmt::join(p.mean, ", "), fmt::join(p.std, ", "));
  }
  return text + fmt::format("      \"layout\": \"{}\"\n    }},\n", p.layout);
}

std::string metric_text(const MetricSpec& metric) {
  std::string text = fmt::format("\"type\": \"{}\"", metric.type);
  if (metric.output != 0) text += fmt::format(", \"output\": {}", metric.output);
  if (metric.threshold) text += fmt::format(", \"threshold\": {}", *metric.threshold);
  if (!metric.decode.empty()) text += fmt::format(", \"decode\": \"{}\"", metric.decode);
  if (metric.decode == "yolox") text += fmt::format(", \"strides\": [{}]", fmt::join(metric.strides, ", "));
  return "    \"metrics\": [{ " + text + " }]\n";
}

std::string engine_text(const Guessed& guessed, const fs::path& folder) {
  std::string text =
      "  \"engine\": {\n    // Where ranges are measured: a few hundred samples as in use, labels are not needed.\n";
  const DataSpec open{.type = guessed.images ? "image_folder" : "npy", .path = folder / "FILL_IN_calibration_samples"};
  text += side_text("calibration", guessed.calibration.value_or(open), folder);
  if (guessed.validation) {
    text += "    // Where the loss is measured: none of the samples above.\n";
    text += side_text("validation", *guessed.validation, folder);
  }
  if (guessed.images) text += preprocess_text(guessed.preprocess);
  if (guessed.metric) text += metric_text(*guessed.metric);
  const auto comma = text.rfind(",\n");
  if (comma + 2 == text.size()) text.erase(comma, 1);
  return text + "  },\n";
}

std::string compression_text(const Guessed& guessed) {
  std::vector<std::string> params{fmt::format("          \"preset\": \"{}\"", guessed.preset)};
  if (guessed.transformer) params.emplace_back("          \"model_type\": \"transformer\"");
  if (guessed.metric) {
    params.push_back(guessed.relative ? "          \"drop_type\": \"relative\",\n          \"maximal_drop\": 0.01"
                                      : "          \"maximal_drop\": 0.01");
    params.emplace_back(
        "          // Few models to try, and no more layers in float than needed.\n"
        "          \"search\": \"bisect\",\n          \"prune\": true");
  }
  return fmt::format(
      "  \"compression\": {{\n    \"algorithms\": [\n      {{\n{}        \"name\": \"{}\",\n        \"params\": "
      "{{\n{}\n        }}\n      }}\n    ]\n  }}\n",
      guessed.metric
          ? "        // Quantizes everything, then gives layers back to float until the loss is within maximal_drop.\n"
          : "        // Quantizes, and measures nothing; with validation, AccuracyAwareQuantization limits the loss.\n",
      guessed.metric ? "AccuracyAwareQuantization" : "DefaultQuantization", joined(params, ",\n"));
}

}  // namespace

std::string config_file(const Guessed& guessed, const fs::path& folder) {
  std::string text =
      "// Written by `quantrail init`; `quantrail config KEY` says what a key means and what else there is.\n";
  for (const auto& what : guessed.left) text += "// CHECK " + what + "\n";
  text += "{\n";
  text +=
      fmt::format("  // inputs: {}\n  // outputs: {}\n", joined(guessed.inputs, "; "), joined(guessed.outputs, "; "));
  text += fmt::format("  \"model\": {{ \"model\": {} }},\n", path_text(guessed.model, folder));
  return text + engine_text(guessed, folder) + compression_text(guessed) + "}\n";
}

}  // namespace quantrail::app
