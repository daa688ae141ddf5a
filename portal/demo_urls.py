from django.urls import path

from portal.views.demo_inbox import DemoInboxView, DemoMailHtmlView, DemoMailView, DemoSignInsView

app_name = "demo"
urlpatterns = [
    path("sign-ins/", DemoSignInsView.as_view(), name="sign-ins"),
    path("inbox/", DemoInboxView.as_view(), name="inbox"),
    path("inbox/<int:pk>/", DemoMailView.as_view(), name="inbox-mail"),
    path("inbox/<int:pk>/html/", DemoMailHtmlView.as_view(), name="inbox-mail-html"),
]
