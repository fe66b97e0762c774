"""What may stay of a page: names that WeChat, HTML and editors give, and that the parser asks for."""

from __future__ import annotations

import re

from archiver.wechat.body import FRAME_LINES


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


TAGS = _words("""
    a abbr address area article aside audio b base bdi bdo big blockquote body br button canvas caption center
    cite code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font
    footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label
    legend li link main map mark menu meta nav nobr noframes noscript object ol optgroup option output p param
    pre progress q rp rt ruby s samp section select small source span strike strong sub summary sup
    table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr svg g defs path
    rect circle ellipse line polyline polygon use text tspan image foreignobject animate animatetransform
    animatemotion set style stop mask pattern symbol clippath lineargradient radialgradient filter marker desc
    math mi mo mn mrow msup msub mfrac msqrt mtext mtable mtr mtd mover munder semantics annotation
    mp-common-profile mp-common-miniprogram mp-miniprogram mp-weapp mpvoice mp-common-mpaudio qqmusic
    mp-common-qqmusic mp-common-music mp-common-videosnap mpvideosnap txvlog mp-common-vote mp-vote
    mp-common-redpacket mp-common-redpacketcover mp-common-product mp-common-cpsad mp-common-sticker
    mp-common-poi mp-style-type mp-pay-preview-filter
""") | {"picture"}
CLASSES = _words("""
    rich_media_content rich_media_title rich_media_meta rich_media_meta_text rich_media_meta_list
    rich_media_tool qr_code_pc wx_stream_article_slide_tip original_panel original_panel_content
    original_primary_card_tips original_primary_nickname profile_nickname account_nickname_inner js_title_inner
    img_loading video_iframe vote_iframe js_plain-music_entry js_video_channel_card weapp_display_element
    js_weapp_display_element weapp_card_nickname weapp_card_title audio_area js_audio_frame share_audio_context
    qqmusic_area js_qqmusic_frame video_channel_nickname video_channel_desc nickname desc code-snippet
    code-snippet__fix code-snippet__line-index code-snippet__js hljs code prettyprint brush highlight syntax
    custom pre plain weui-msg__title weui-msg__desc mesg-block page_msg icon_area text_area
""")
IDS = _words("""
    js_content js_share_notice js_share_source js_name post-user js_author_name meta_content activity-name
    js_text_title publish_time post-date img_list js_pc_qr_code js_tags_preview_toast content_bottom_area
    js_verify js_access_msg content_tpl
""")
METAS = _words("""
    og:title og:description og:url og:image og:article:author author description twitter:image
""")
LANGUAGES = _words("""
    bash c clojure cpp csharp css dart diff dockerfile elixir erlang go golang groovy haskell html http ini java
    javascript js json jsx julia kotlin latex less lua makefile markdown matlab nginx objectivec perl php
    powershell properties proto py python r ruby rust scala scss sh shell sql swift toml ts tsx typescript vb
    vue wasm xml yaml yml
""")
# Words of scripts: what is asked for, and what it is written with.
KEYS = _words("""
    biz mid idx sn appmsgid itemidx msg_title nickname author ct create_time createTime ori_create_time
    publish_time msg_desc msg_cdn_url cdn_url_235_1 cdn_url_1_1 cdn_url_16_9 msg_link msg_source_url
    item_show_type real_item_show_type picture_page_info_list is_pay_subscribe copyright_stat _copyright_stat
    user_name transferTargetLink videoPageInfos __videoPageInfos mp_video_trans_info __mpVideoTransInfo
    page_type reprint_type source_biz source_encode_biz source_mid source_idx del_reason title nick_name desc
    name ori_send_time content text_page_info video_page_info video_page_infos cgiDataNew cgiData
    content_noencode cdn_url create_timestamp bizuin link copyright_info reprint_url platform is_user_title
    short_msg_pic_url picture_info url width height live_photo format_info vid video_id filesize format_id
    voice_in_appmsg voice_id voice_encode_fileid mediaid watermark_info share_cover window document d _g xml
    JsDecode htmlDecode decodeURIComponent String html
    voice_name querySelector textContent innerText insertAdjacentHTML $ getElementById innerHTML
    write replace true false null undefined var let const if else function return new typeof
""")
FINDERS = _words("getElementById querySelector $")  # of an element by its id
SETTERS = _words("write html insertAdjacentHTML")  # of what is in it
TEXT_KEYS = _words("title msg_title nickname nick_name author name desc msg_desc content content_noencode platform")
KEPT_NUMBERS = _words("""
    item_show_type real_item_show_type page_type copyright_stat _copyright_stat reprint_type is_pay_subscribe
    is_user_title format_id del_reason idx itemidx source_idx
""")
TIMES = _words("ct create_time createTime create_timestamp ori_create_time ori_send_time publish_time")
ID_KEYS = _words("""
    biz bizuin mid appmsgid sn user_name source_biz source_encode_biz source_mid vid video_id voice_id
    voice_encode_fileid mediaid
""")
TEXTS = _words(
    "alt title name content singer music_name ng-bind-html data-text data-title data-nickname data-name"
) | _words("""
    data-signature data-desc data-alias data-singer data-author data-music_name data-miniprogram-nickname
    data-miniprogram-title data-formula data-address
""")
ADDRESSES = _words("""
    href src data-src data-backsrc data-original data-croporisrc data-lazy-bgimg xlink:href poster data-cover
    data-url
""")
IDENTIFIERS = _words("data-mpvid vid voice_encode_fileid data-voice_encode_fileid data-mediaid data-miniprogram-appid")
# Attributes with few values, which stay as they are.
VALUES: dict[str, frozenset[str]] = {
    "data-formula-type": _words("inline-equation block-equation"),
    "type": _words("1 a A i I text/html"),
    "dir": _words("ltr rtl"),
    "align": _words("left right center justify"),
    "valign": _words("top middle bottom baseline"),
    "alt": _words("图片 image img cover_image"),
}
SPANS = _words("colspan rowspan start")
IMAGE_STYLES = _words("""
    background background-image border-image -webkit-border-image border-image-source list-style list-style-image
    mask-image -webkit-mask-image content cursor
""")
STYLES: dict[str, frozenset[str]] = {
    "display": _words("none block inline inline-block flex grid table table-cell table-row list-item"),
    "visibility": _words("hidden visible"),
    "opacity": _words("0"),
    "background-clip": _words("text"),
    "-webkit-background-clip": _words("text"),
    "font-style": _words("italic oblique normal"),
    "text-align": _words("left right center justify start end"),
    "white-space": _words("pre pre-wrap pre-line nowrap normal"),
    "text-decoration": _words("underline line-through none"),
}
SHAPES = _words("""
    viewbox preserveaspectratio x y x1 y1 x2 y2 cx cy r rx ry d fx fy points width height transform fill stroke
    stroke-width opacity offset stop-color clip-path mask
""")
PHRASES = FRAME_LINES  # what the page's frame says, and by which the parser knows it
BEGINNINGS = ("以下文章来源于", "counter(line")
CODE_WORDS = re.compile(r"code|hljs|prettyprint|brush|highlight|syntax", re.IGNORECASE)
OF_WECHAT = ("mp", "qq", "tx", "wx")  # how the names of WeChat's own elements begin
