"""The networks by name: who builds it, and the opset and IR version that it has unless others are asked for."""

from classifiers import (convnext, densenet121, googlenet, inception_v3, resnet18, resnet50, squeezenet, vgg11,
                         vgg16)
from half import halved
from mobile import dscnn, efficientnet_b0, mobilenet_v1, mobilenet_v2, mobilenet_v3, shufflenet_v2
from pixels import (deeplab, espcn, fsrcnn, style_transfer, super_resolution, unet_aligned, unet_cubic, unet_linear,
                    unet_nearest, unet_transposed)
from sequences import gru_tagger, lstm_tagger, speech_commands, text_recognizer
from ssd import ssd_mobilenet
from transformers import bert, bert_fused, distilbert, vit
from yolo import yolo_v2, yolo_v3, yolo_v5, yolo_v5_nms, yolo_v8, yolo_v8_nms
from yolo_v4 import yolo_v4

# name: (builder, opset, IR version)
NETWORKS = {
    "resnet18": (resnet18, 9, 4),
    "resnet18_half": (halved(resnet18), 13, 7),
    "resnet50": (resnet50, 13, 7),
    "vgg11": (vgg11, 7, 3),
    "vgg16": (vgg16, 12, 7),
    "squeezenet": (squeezenet, 7, 3),
    "densenet121": (densenet121, 10, 5),
    "googlenet": (googlenet, 8, 3),
    "inception_v3": (inception_v3, 11, 6),
    "convnext": (convnext, 18, 8),
    "mobilenet_v1": (mobilenet_v1, 9, 4),
    "mobilenet_v2": (mobilenet_v2, 18, 8),
    "mobilenet_v3": (mobilenet_v3, 14, 7),
    "mobilenet_v3_parts": (mobilenet_v3, 12, 6),
    "efficientnet_b0": (efficientnet_b0, 16, 8),
    "shufflenet_v2": (shufflenet_v2, 15, 8),
    "dscnn": (dscnn, 13, 7),
    "yolo_v2": (yolo_v2, 8, 3),
    "yolo_v3": (yolo_v3, 11, 6),
    "yolo_v4": (yolo_v4, 11, 6),
    "yolo_v5": (yolo_v5, 12, 7),
    "yolo_v5_nms": (yolo_v5_nms, 13, 8),
    "yolo_v8": (yolo_v8, 17, 8),
    "yolo_v8_nms": (yolo_v8_nms, 20, 9),
    "ssd_mobilenet": (ssd_mobilenet, 12, 7),
    "bert": (bert, 11, 6),
    "bert_opset14": (bert_fused, 14, 7),
    "bert_half": (halved(bert_fused), 17, 8),
    "bert_layer_norm": (bert_fused, 17, 8),
    "bert_gelu": (bert_fused, 20, 9),
    "distilbert": (distilbert, 13, 7),
    "vit": (vit, 14, 7),
    "vit_opset21": (vit, 21, 10),
    "espcn": (espcn, 10, 5),
    "super_resolution": (super_resolution, 18, 8),
    "fsrcnn": (fsrcnn, 11, 6),
    "unet_transposed": (unet_transposed, 13, 7),
    "unet_linear": (unet_linear, 17, 8),
    "unet_aligned": (unet_aligned, 12, 7),
    "unet_cubic": (unet_cubic, 19, 9),
    "unet_nearest": (unet_nearest, 9, 4),
    "deeplab": (deeplab, 13, 7),
    "style_transfer": (style_transfer, 9, 4),
    "lstm_tagger": (lstm_tagger, 14, 7),
    "gru_tagger": (gru_tagger, 13, 7),
    "text_recognizer": (text_recognizer, 12, 7),
    "speech_commands": (speech_commands, 21, 10),
}
